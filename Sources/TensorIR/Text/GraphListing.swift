import Diagnostics

extension Graph {
  /// The graph for people: inputs one a line, scalar functions as formulas, nothing that the type or a default says,
  /// and beside each node its order of derivative, its layer or term and its line in the YAML.
  ///
  /// `text` is the form that is read back.
  public var listing: String {
    var lines = ["graph @\(name)("]
    lines += inputNames.indices.map { "  \(inputLine($0))" }
    lines.append(") {")
    lines += listing(of: Array(inputNames.count..<max(nodes.count, inputNames.count)))
    lines.append("  return")
    lines += zip(results, resultNames).map { "    %\($0.index) \($1)" }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Lines of some nodes, places in a column of their own.
  public func listing(of indices: [Int]) -> [String] {
    let lines = indices.map { "  " + line(listing: $0) }
    // A few long formulas do not push the places of all others out of sight.
    let width = min(lines.map(\.count).max() ?? 0, Self.placeColumn)
    return zip(indices, lines).map { index, line in
      line + String(repeating: " ", count: max(0, width - line.count)) + "  // "
        + origins[index].place
    }
  }

  private static let placeColumn = 76

  private func inputLine(_ index: Int) -> String {
    "%\(index) \(inputNames[index]): \(nodes[index].type)"
  }

  /// `%4 = zip %3 + %2 : f32[64]`.
  public func line(listing index: Int) -> String {
    if index < inputNames.count { return inputLine(index) }
    return "%\(index) = \(expression(of: index)) : \(nodes[index].type)"
  }

  /// `zip %3 + %2`: a line without the name of its value and its type; of an input, its name.
  public func expression(of index: Int) -> String {
    index < inputNames.count ? inputNames[index] : nodes[index].listing
  }
}

extension Origin {
  /// `d1 D.2, gan.yaml:12`.
  public var place: String {
    "d\(order) \(layer)" + (span.map { ", \($0.shortPlace)" } ?? "")
  }
}

extension Node {
  /// The operation, its operands and what else it needs.
  fileprivate var listing: String {
    let names = operands.map { "%\($0.index)" }
    let mnemonic = Swift.type(of: op.definition).mnemonic
    switch op {
    case .map, .zip, .select:
      guard let step = op.definition.instruction(reading: Array(operands.indices)) else { break }
      let accesses = operands.map { _ in ScalarProgram.Access.dense(1) }
      let program = ScalarProgram(accesses: accesses, instructions: [step])
      return mnemonic + " " + program.formula(names, of: [operands.count])
    case .fused(let fused):
      let last = operands.count + fused.program.instructions.count - 1
      return mnemonic + " " + fused.program.formula(names, of: [last])
        + fused.program.readsText(count: fused.shape.count)
    case .fusedSums(let sums):
      return mnemonic + " " + sums.program.formula(names, of: sums.sums)
        + " {axes = \(Attribute.Value.integers(sums.axes).text)}"
        + sums.program.readsText(count: sums.shape.count)
    case .constant(let constant): return "\(mnemonic) \(constant.value)"
    case .input, .matmul, .convolution, .reduce, .broadcast, .reshape, .transpose, .slice, .pad,
      .concatenate, .reverse, .identity, .allReduce, .allGather, .shard:
      break
    }
    let attributes = op.definition.attributes.filter { !$0.isUsual }
      .map { "\($0.name) = \($0.value.text)" }
    return
      ([mnemonic] + (names.isEmpty ? [] : [names.joined(separator: ", ")])
      + (attributes.isEmpty ? [] : ["{\(attributes.joined(separator: ", "))}"]))
      .joined(separator: " ")
  }
}

extension Attribute {
  /// `true` iff a reader takes it for granted: a default of the spec language, or what the type says anyway.
  fileprivate var isUsual: Bool {
    switch name {
    case "ta", "tb": value == .word("false")
    case "layout": value == .word("nchw")
    case "stride", "dilation": value == .integers([1, 1])
    case "groups": value == .integer(1)
    case "shape", "element": true
    default: false
    }
  }
}

extension ScalarProgram {
  /// What registers are of operands with these names; several in brackets.
  func formula(_ operands: [String], of results: [Int]) -> String {
    var formula = ScalarFormula(self, operands: operands)
    let (definitions, values) = formula.texts(of: results)
    let value = values.count == 1 ? values[0] : "[\(values.joined(separator: ", "))]"
    return (definitions + [value]).joined(separator: "; ")
  }

  /// ` {reads = [1, 8, 1, 2]}` where an operand is repeated and has more than one element.
  fileprivate func readsText(count: Int) -> String {
    let isPlain = accesses.allSatisfy { $0.count == 1 || $0 == .dense(count) }
    let pairs = accesses.flatMap { [$0.inner, $0.count] }
    return isPlain ? "" : " {reads = \(Attribute.Value.integers(pairs).text)}"
  }
}
