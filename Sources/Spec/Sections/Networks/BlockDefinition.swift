import Diagnostics
import Syntax

/// A list of layers with parameters: `blocks: {gblock(c, stride=1): [...]}`.
struct BlockDefinition {
  struct Parameter {
    var name: String
    /// nil where a use must give a value; may be an expression of the parameters before it.
    var value: SpecNode?
  }

  var name: String
  var parameters: [Parameter]
  /// nil after a fault that was reported, so that uses of the block say nothing of it.
  var layers: [SpecNode]?
  var place: SourceSpan

  /// Reads the section `blocks`.
  static func read(
    _ node: SpecNode?, _ written: WrittenLayers, _ context: CheckingContext
  ) -> [String: BlockDefinition] {
    guard let node, !node.isNull else { return [:] }
    guard let entries = node.entries else {
      context.error("'blocks' must be a mapping, but found \(node.kindName)", at: node.span)
      return [:]
    }
    var blocks: [String: BlockDefinition] = [:]
    for entry in entries {
      let block = BlockDefinition(entry, context)
      let isTaken = LayerTypes.names.contains(block.name) || written[block.name] != nil
      if blocks[block.name] != nil || isTaken {
        context.error(
          "block '\(block.name)' has the name of another layer", at: entry.key.span,
          hint: "choose another name")
        continue
      }
      blocks[block.name] = block
    }
    return blocks
  }

  private init(_ entry: SpecNode.Entry, _ context: CheckingContext) {
    place = entry.key.span
    name = entry.key.text.definedName
    parameters = []
    guard let signature = Signature(entry.key, what: "block", context) else { return }
    for (parameter, text) in signature.parameters {
      let node = text.map { SpecNode(.scalar($0, isPlain: true), at: $0.span) }
      let earlier = parameters.map(\.name)
      // One that names others is a number at a use only.
      if let node, text?.identifiers.isDisjoint(with: earlier) == true {
        let known = Dictionary(uniqueKeysWithValues: earlier.map { ($0, 1.0) })
        let value = context.with(numbers: known) {
          context.number(node, "the default of '\(parameter.text)'")
        }
        if value == nil { return }
      }
      parameters.append(Parameter(name: parameter.text, value: node))
    }
    var list = entry.value
    if list.entries != nil {
      var reader = MappingReader(
        list, "block '\(name)'", at: ["blocks", name], place: place, context)
      if let layers = reader.take(NetworkKeys.layers) {
        list = layers
        reader.finish()
      }
    }
    guard let items = list.items, !items.isEmpty else {
      context.error(
        "block '\(name)' must be a list of layers, but found \(list.kindName)", at: list.span)
      return
    }
    layers = items
  }

  /// Values of the parameters at one use, `gblock: 64`, `gblock: [64, 2]` or `gblock: {c: 64}`; nil after a diagnostic.
  ///
  /// Defaults see the spec's `variables`, not the parameters of a block that uses this one.
  func arguments(
    _ entry: LayerEntry, _ reader: inout MappingReader, _ variables: [String: Double],
    _ context: CheckingContext
  ) -> [String: Double]? {
    let bare = entry.argument.map { $0.items ?? [$0] } ?? []
    guard bare.count <= parameters.count else {
      context.error(
        "block '\(name)' has \(counted(parameters.count, "parameter")), but found \(counted(bare.count, "value"))",
        at: entry.argument?.span, notes: [Diagnostic(.note, "the block is here", at: place)])
      return nil
    }
    var values: [String: Double] = [:]
    for (index, parameter) in parameters.enumerated() {
      let named = reader.take(named: parameter.name)
      let what = "'\(parameter.name)' of block '\(name)'"
      if let node = index < bare.count ? bare[index] : named {
        values[parameter.name] = context.number(node, what)
      } else if let node = parameter.value {
        let known = variables.merging(values) { $1 }
        values[parameter.name] = context.with(only: known) { context.number(node, what) }
      } else {
        context.error(
          "block '\(name)' needs a value for '\(parameter.name)'", at: entry.type.span,
          hint: "write '- \(name): value'",
          notes: [Diagnostic(.note, "the block is here", at: place)])
      }
    }
    return values.count == parameters.count ? values : nil
  }
}

/// A name with parameters, as the key of a definition: `score(v)`, `gblock(c, stride=1)`.
package struct Signature {
  var name: LocatedText
  /// Each with the text of its default, where it has one.
  var parameters: [(name: LocatedText, value: LocatedText?)] = []

  /// nil after a diagnostic.
  init?(_ key: LocatedText, what: String, _ context: CheckingContext) {
    let bytes = Array(key.text.utf8)
    let open = bytes.firstIndex(of: UInt8(ascii: "(")) ?? bytes.count
    name = key.slice(Self.trim(0..<open, in: bytes))
    guard context.identifier(name, "the \(what)") != nil else { return nil }
    guard open < bytes.count else { return }
    guard bytes.last == UInt8(ascii: ")") else {
      context.error(
        "'(' is not closed in '\(key.text)'", at: key.span, hint: "write \(name.text)(a, b)")
      return nil
    }
    let inner = (open + 1)..<(bytes.count - 1)
    guard !Self.trim(inner, in: bytes).isEmpty else { return }
    for part in Self.parts(of: bytes, inner) {
      guard add(part, of: key, bytes, context) else { return nil }
    }
  }

  /// What commas separate; those in parentheses belong to a default: `c=max(2, width)`.
  package static func parts(of bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = range.lowerBound
    var depth = 0
    for index in range {
      switch bytes[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: ",") where depth == 0:
        parts.append(start..<index)
        start = index + 1
      default: break
      }
    }
    return parts + [start..<range.upperBound]
  }

  private mutating func add(
    _ range: Range<Int>, of key: LocatedText, _ bytes: [UInt8], _ context: CheckingContext
  ) -> Bool {
    let equals = bytes[range].firstIndex(of: UInt8(ascii: "=")) ?? range.upperBound
    let parameter = key.slice(Self.trim(range.lowerBound..<equals, in: bytes))
    guard context.identifier(parameter, "the parameter") != nil else { return false }
    guard !parameters.contains(where: { $0.name.text == parameter.text }) else {
      context.error("parameter '\(parameter.text)' stands twice", at: parameter.span)
      return false
    }
    let value =
      equals < range.upperBound
      ? key.slice(Self.trim((equals + 1)..<range.upperBound, in: bytes)) : nil
    parameters.append((parameter, value))
    return true
  }

  private static func trim(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, bytes[start] == UInt8(ascii: " ") { start += 1 }
    while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return start..<end
  }
}
