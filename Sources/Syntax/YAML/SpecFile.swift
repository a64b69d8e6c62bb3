import Diagnostics
import Glibc

/// Reads a spec, or another text written by hand, from the file system.
public enum SpecFile {
  /// What a file is read as, for messages.
  public enum Kind: String, Hashable, Sendable {
    case spec, table, page
  }

  /// Specs are written by hand; anything larger is another kind of file.
  package static let sizeLimit = 4 << 20

  /// The file's text, or why it cannot be used.
  ///
  /// `requestedAt` is the `include` that named it.
  package static func read(
    _ path: String, as kind: Kind = .spec, requestedAt: SourceSpan? = nil
  ) -> Result<SourceFile, Diagnostic> {
    func refuse(_ message: String, hint: String? = nil) -> Result<SourceFile, Diagnostic> {
      .failure(Diagnostic(.error, message, at: requestedAt, hint: hint))
    }
    if path == "-", requestedAt == nil { return readStandardInput(as: kind) }
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = errno
      return reason == ENOENT
        ? refuse(
          "there is no file '\(path)'",
          hint:
            "check the path; it is relative to \(requestedAt == nil ? "the current folder" : "the including file")"
        )
        : refuse("cannot open '\(path)': \(String(cString: strerror(reason)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return refuse("cannot read '\(path)'") }
    InputFiles.note(status)
    if status.st_mode & S_IFMT == S_IFDIR {
      return refuse(
        "'\(path)' is a folder, but a \(kind.rawValue) is a file",
        hint: "name a \(kind == .spec ? ".yaml file" : "file") inside it")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return refuse(
        "'\(path)' is not a regular file",
        hint: requestedAt == nil
          ? "to read a \(kind.rawValue) through a pipe, name -, which is standard input" : nil)
    }
    guard status.st_size <= sizeLimit else {
      return refuse(
        "'\(path)' is larger than \(sizeLimit >> 20) MiB, too large for a \(kind.rawValue)")
    }
    guard let bytes = contents(descriptor) else {
      return refuse("cannot read '\(path)': \(String(cString: strerror(errno)))")
    }
    return check(bytes, name: path)
  }

  /// What is piped in, to its end; files that it names are relative to the current folder.
  private static func readStandardInput(as kind: Kind) -> Result<SourceFile, Diagnostic> {
    guard let bytes = contents(STDIN_FILENO) else {
      let reason = String(cString: strerror(errno))
      return .failure(Diagnostic(.error, "cannot read standard input: \(reason)"))
    }
    guard bytes.count <= sizeLimit else {
      return .failure(
        Diagnostic(
          .error,
          "standard input has more than \(sizeLimit >> 20) MiB, too much for a \(kind.rawValue)"))
    }
    return check(bytes, name: "<standard input>")
  }

  /// The bytes to the end, or somewhat more than the limit; nil where the system refuses.
  private static func contents(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= sizeLimit {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// The file as text.
  ///
  /// - Throws: why it cannot be used.
  public static func text(_ path: String, as kind: Kind) throws(Diagnostic) -> String {
    String(decoding: try read(path, as: kind).get().bytes, as: UTF8.self)
  }

  /// Refuses text that is not UTF-8.
  package static func check(_ bytes: [UInt8], name: String) -> Result<SourceFile, Diagnostic> {
    let file = SourceFile(name: name, text: String(decoding: bytes, as: UTF8.self))
    guard String(validating: bytes, as: UTF8.self) == nil else { return .success(file) }
    // The text before the fault was copied as it stands, so the offset holds in the repaired text too.
    let offset = zip(bytes, file.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let place = offset ?? min(bytes.count, file.bytes.count)
    return .failure(
      Diagnostic(
        .error, "'\(name)' is not UTF-8 text", at: SourceSpan(file, place, place + 1),
        hint: "save it as UTF-8"))
  }
}

/// The folder part of a path, with its last slash; empty for a bare name.
package func folder(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
}

/// The path without links and dots; that of a file that is yet to be saved, as far as its folder tells.
///
/// A relative path of which there is no file stays as it stands.
package func absolutePath(_ path: String) -> String {
  if let whole = realPath(path) { return whole }
  guard path.hasPrefix("/") else { return path }
  let parent = folder(of: path)
  if let whole = realPath(parent) {
    return "\(whole == "/" ? "" : whole)/\(path.dropFirst(parent.count))"
  }
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

/// nil where there is no such file.
private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

extension LocatedText {
  /// The path that the text means: a relative one counts from the file that it stands in; one from the command line,
  /// from the current folder.
  package var asPath: String {
    guard !text.hasPrefix("/"), !file.name.hasPrefix("<") else { return text }
    return folder(of: file.name) + text
  }
}
