import Training

/// What a run's `log.txt` tells beside the numbers of its rounds.
struct RunLog: Sendable {
  let lines: [String]
  /// What each digest of a protocol stands for, in words.
  let protocols: [String: String]
  /// Diagnostics that ended the run, and each time it went on.
  let errors: [String]

  init(path: String) {
    lines = LineFile.lines(path: path)
    var protocols: [String: String] = [:]
    var errors: [String] = []
    for line in lines {
      if line.hasPrefix("metric "), let (id, text) = Self.protocolParts(of: line) {
        protocols[id] = text
      } else if Self.isError(line) {
        errors.append(line)
      }
    }
    (self.protocols, self.errors) = (protocols, errors)
  }

  /// `metric fid: protocol 0123456789abcdef: fid: 20 groups; ...` in parts.
  private static func protocolParts(of line: String) -> (id: String, text: String)? {
    let marker = ": protocol "
    var rest = line[...]
    // A metric may be called like the marker, so what follows must be a digest.
    while let found = rest.range(of: marker) {
      rest = rest[found.upperBound...]
      let id = rest.prefix(while: \.isHexDigit)
      if id.count == 16, rest.dropFirst(16).hasPrefix(": ") {
        return (String(id), String(rest.dropFirst(18)))
      }
    }
    return nil
  }

  /// Whether a line is that of an error, `error: ...` or `spec.yaml:4:2: error: ...`.
  static func isError(_ line: String) -> Bool {
    if line.hasPrefix("error: ") { return true }
    guard let found = line[...].range(of: ": error: ") else { return false }
    let place = line[..<found.lowerBound].split(separator: ":")
    return place.count > 2 && place.suffix(2).allSatisfy { Int($0) != nil }
  }

  /// The value of the first line `name: value`.
  func value(_ name: String) -> String? {
    lines.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
  }
}

extension Substring {
  /// Where `text` first stands.
  fileprivate func range(of text: String) -> Range<Index>? {
    guard let first = text.first else { return nil }
    var from = startIndex
    while let start = self[from...].firstIndex(of: first) {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      from = index(after: start)
    }
    return nil
  }
}
