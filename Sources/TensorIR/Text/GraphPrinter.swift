import Diagnostics

extension Graph {
  /// The canonical text: equal graphs print equally, and `Graph(parsing:)` reads it back.
  ///
  ///     graph @critic(%0 x: f32[64x784], %1 w: f32[784x256]) {
  ///       %2 = matmul %0, %1 {ta = false, tb = false} : f32[64x256]
  ///       return %2 loss
  ///     }
  public var text: String {
    let inputs = inputNames.enumerated().map {
      "%\($0.offset) \($0.element): \(nodes[$0.offset].type)"
    }
    var lines = ["graph @\(name)(\(inputs.joined(separator: ", "))) {"]
    for index in inputNames.count..<max(nodes.count, inputNames.count) {
      lines.append("  " + line(ValueID(index)))
    }
    let returned = zip(results, resultNames).map { "%\($0.index) \($1)" }
    lines.append("  return \(returned.joined(separator: ", "))")
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is computed, whatever the graph, its inputs and its results are called.
  public var namelessText: String {
    let inputs = nodes.prefix(inputNames.count).map { "\($0.type)" }
    let lines = (inputNames.count..<max(nodes.count, inputNames.count)).map { line(ValueID($0)) }
    return (inputs + lines + results.map { "%\($0.index)" }).joined(separator: "\n")
  }

  /// One node: `%4 = reduce %3 {kind = sum, axes = [0, 1]} : f32[]`.
  public func line(_ id: ValueID) -> String {
    let node = nodes[id.index]
    let operands = node.operands.map { "%\($0.index)" }.joined(separator: ", ")
    let attributes = node.op.definition.attributes.map { "\($0.name) = \($0.value.text)" }
    var text = "%\(id.index) = \(type(of: node.op.definition).mnemonic)"
    if !operands.isEmpty { text += " " + operands }
    if !attributes.isEmpty { text += " {" + attributes.joined(separator: ", ") + "}" }
    return text + " : \(node.type)"
  }
}
