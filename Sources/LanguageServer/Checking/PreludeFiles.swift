import Console
import Glibc
import Spec

/// The prelude as files that an editor can open: it comes inside the command.
///
/// They stand in the cache of the user, and are written when somebody is first led to them.
enum PreludeFiles {
  /// The file that the checker calls so, `<prelude objectives.yaml>`; nil of another, and where none can be written.
  static func uri(of name: String) -> String? {
    guard name.hasPrefix(Prelude.namePrefix), name.hasSuffix(">") else { return nil }
    let file = String(name.dropFirst(Prelude.namePrefix.count).dropLast())
    guard let text = Prelude.text(of: file) else { return nil }
    return folders.lazy.compactMap { write(text, to: file, in: $0) }.first
      .map { FileURI.uri(of: $0) }
  }

  /// Whether a file is one of these, which are no specs.
  static func contains(_ path: String) -> Bool {
    folders.contains {
      path.hasPrefix($0 + "/") && Prelude.text(of: String(path.dropFirst($0.count + 1))) != nil
    }
  }

  /// Where files may stand, the best place first.
  private static let folders: [String] = {
    let home = variable("HOME").map { "\($0)/.cache" }
    let caches = [variable("XDG_CACHE_HOME"), home].compactMap { $0 }.filter { $0.hasPrefix("/") }
    return caches.map { "\($0)/advas/prelude" }
      + ["\(variable("TMPDIR") ?? "/tmp")/advas-prelude-\(getuid())"]
  }()

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path of a file with this text, which is left alone where it has it; nil where the system refuses.
  private static func write(_ text: String, to name: String, in folder: String) -> String? {
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/\(part)"
      mkdir(made, 0o755)
    }
    let path = "\(folder)/\(name)"
    let bytes = Array(text.utf8)
    if contents(of: path) == bytes { return path }
    // Another server may read it meanwhile: a file is whole, or not there.
    let fresh = "\(path).\(getpid())"
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
    guard descriptor >= 0 else { return nil }
    let isWritten = Console.write(all: bytes, to: descriptor)
    guard close(descriptor) == 0, isWritten, rename(fresh, path) == 0 else {
      unlink(fresh)
      return nil
    }
    return path
  }

  private static func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }
}
