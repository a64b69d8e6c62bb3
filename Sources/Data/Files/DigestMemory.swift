import Diagnostics
import Glibc

/// Digests of files that were read before, below `~/.cache/advas/digests`, so that a set is read for its digest once.
///
/// Named by the files' stamps: changed files are read again. What cannot be kept is found anew each time.
enum DigestMemory {
  /// The digest for files of these stamps, which `find` finds by reading.
  static func digest(
    of stamps: String, folder: String, _ find: () throws(Diagnostic) -> String
  ) throws(Diagnostic) -> String {
    let path = "\(folder)/\(stamps)"
    if let bytes = try? FileReader.contents(of: path, limit: 64),
      let known = Digest(text: String(decoding: bytes, as: UTF8.self))
    {
      return known.text
    }
    let digest = try find()
    if (try? CacheFolder.make(folder)) != nil { try? AtomicFile.write(digest, to: path) }
    return digest
  }
}

/// Where things are kept that can be made again.
package enum CacheFolder {
  /// A folder of `$XDG_CACHE_HOME/advas`, by default below `~/.cache`.
  package static func path(_ name: String) -> String {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let base = variable("XDG_CACHE_HOME") ?? "\(variable("HOME") ?? "/tmp")/.cache"
    return "\(base)/advas/\(name)"
  }

  /// Makes the folder and those around it.
  package static func make(_ path: String) throws(Diagnostic) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
      guard mkdir(made, 0o777) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
        throw FileError("cannot make the folder", made, code: errno).diagnostic
      }
    }
  }
}
