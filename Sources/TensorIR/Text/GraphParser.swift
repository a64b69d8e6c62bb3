import Diagnostics

extension Graph {
  /// Reads the canonical text back.
  ///
  /// - Throws: `Diagnostic` at the line that is no IR.
  public init(parsing text: String, file name: String = "<ir>") throws(Diagnostic) {
    var parser = GraphParser(file: SourceFile(name: name, text: text))
    self = try parser.parse()
  }
}

/// Reads the line-oriented text form of one graph.
private struct GraphParser {
  let file: SourceFile
  private var graph = Graph(name: "")
  private var offset = 0

  init(file: SourceFile) { self.file = file }

  mutating func parse() throws(Diagnostic) -> Graph {
    for line in String(decoding: file.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      defer { offset += line.utf8.count + 1 }
      let code = trimmed(line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex))
      if code.isEmpty || code == "}" { continue }
      do {
        if code.hasPrefix("graph @") {
          try readHeader(code)
        } else if code.hasPrefix("return") {
          try readReturn(code)
        } else {
          try readNode(code)
        }
      } catch {
        throw Diagnostic(
          .error, error.message, at: SourceSpan(file, offset, offset + line.utf8.count))
      }
    }
    return graph
  }

  private mutating func readHeader(_ line: Substring) throws(TypeError) {
    guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close
    else { throw TypeError("expected 'graph @name(inputs) {'") }
    graph.name = String(line[line.index(line.startIndex, offsetBy: 7)..<open])
    for (index, part) in split(line[line.index(after: open)..<close]).enumerated() {
      guard let space = part.firstIndex(of: " "), let colon = part.lastIndex(of: ":"), space < colon
      else { throw TypeError("expected '%n name: type', got '\(part)'") }
      let type = try readType(trimmed(part[part.index(after: colon)...]))
      graph.inputNames.append(String(part[part.index(after: space)..<colon]))
      graph.nodes.append(Node(.input(Input(index: index, type: type)), [], type))
      graph.origins.append(Origin())
    }
  }

  private mutating func readReturn(_ line: Substring) throws(TypeError) {
    for part in split(line.dropFirst(6)) {
      let words = part.split(separator: " ", maxSplits: 1)
      graph.results.append(try readValue(words.first ?? ""))
      graph.resultNames.append(words.count > 1 ? String(words[1]) : "")
    }
  }

  private mutating func readNode(_ line: Substring) throws(TypeError) {
    guard let equals = line.firstRange(of: " = "), let colon = line.range(ofLast: " : ") else {
      throw TypeError("expected '%n = operation operands {attributes} : type'")
    }
    guard try readValue(line[..<equals.lowerBound]).index == graph.nodes.count else {
      throw TypeError("nodes are numbered in order; expected %\(graph.nodes.count)")
    }
    let type = try readType(trimmed(line[colon.upperBound...]))
    var body = line[equals.upperBound..<colon.lowerBound]
    var attributes: [String: String] = [:]
    if let open = body.firstIndex(of: "{"), let close = body.lastIndex(of: "}") {
      for part in split(body[body.index(after: open)..<close]) {
        guard let sign = part.firstRange(of: " = ") else {
          throw TypeError("expected 'name = value'")
        }
        attributes[String(part[..<sign.lowerBound])] = String(part[sign.upperBound...])
      }
      body = body[..<open]
    }
    let words = trimmed(body).split(separator: " ", maxSplits: 1)
    let mnemonic = String(words.first ?? "")
    guard let read = Op.readers[mnemonic] else {
      throw TypeError(
        "unknown operation '\(mnemonic)'"
          + (didYouMean(mnemonic, among: Op.mnemonics).map { "; " + $0 } ?? ""))
    }
    var reader = AttributeReader(attributes)
    let op = try read(&reader)
    try reader.finish()
    var operands: [ValueID] = []
    for operand in split(words.count > 1 ? words[1] : "") {
      operands.append(try readValue(operand))
    }
    graph.nodes.append(Node(op, operands, type))
    graph.origins.append(Origin())
  }

  private func readValue(_ text: Substring) throws(TypeError) -> ValueID {
    guard text.hasPrefix("%"), let index = Int32(text.dropFirst()) else {
      throw TypeError("expected a value such as %3, got '\(text)'")
    }
    return ValueID(Int(index))
  }

  private func readType(_ text: Substring) throws(TypeError) -> TensorType {
    guard let open = text.firstIndex(of: "["), text.hasSuffix("]"),
      let element = ElementType(rawValue: String(text[..<open]))
    else { throw TypeError("expected a type such as f32[64x784], got '\(text)'") }
    var dimensions: [Int] = []
    for part in text[text.index(after: open)...].dropLast().split(separator: "x") {
      guard let extent = Int(part), extent > 0 else { throw TypeError("'\(part)' is no extent") }
      dimensions.append(extent)
    }
    return TensorType(Shape(dimensions), element)
  }

  /// The parts between commas outside of brackets.
  private func split(_ text: Substring) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "[": depth += 1
      case "]": depth -= 1
      case "," where depth == 0:
        parts.append(trimmed(text[start..<index]))
        start = text.index(after: index)
      default: break
      }
    }
    let last = trimmed(text[start...])
    return last.isEmpty ? parts : parts + [last]
  }

  private func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Substring {
  /// Where `part` last occurs.
  fileprivate func range(ofLast part: String) -> Range<Index>? {
    ranges(of: part).last
  }
}
