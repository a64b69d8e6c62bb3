/// A half-open range of bytes of a source file.
public struct SourceSpan: Hashable, Sendable {
  /// The file that the range lies in.
  public let file: SourceFile
  /// Byte offset of the first character.
  public let start: Int
  /// Byte offset behind the last character; never before `start`.
  public let end: Int

  /// Makes the span of bytes `start..<end` of `file`.
  public init(_ file: SourceFile, _ start: Int, _ end: Int) {
    self.file = file
    self.start = start
    self.end = max(start, end)
  }

  /// `file:line:column` of the first character, as compilers print it.
  public var description: String {
    let (line, column) = file.position(of: start)
    return "\(file.name):\(line):\(column)"
  }

  /// The number of the line that the span starts in, from 1.
  public var line: Int { file.position(of: start).line }

  /// `gan.yaml:12`, `prelude objectives.yaml:22`: the file's own name and the line, to stand beside a node of a graph.
  public var shortPlace: String {
    let name =
      file.name.hasPrefix("<") ? file.name.dropFirst().prefix { $0 != ">" } : file.name[...]
    return "\(name.split(separator: "/").last ?? name):\(line)"
  }

  /// The text of the span.
  public var text: String { String(decoding: file.bytes[start..<end], as: UTF8.self) }
}
