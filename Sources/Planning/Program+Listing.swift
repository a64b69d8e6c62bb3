import Diagnostics
import TensorIR

extension Program {
  /// One line per step: place of the result, the operation, places of the operands, and where in
  /// the spec it comes from.
  ///
  ///     arena[0+64] = matmul arena[64+128], state[0+8192]  // d0 D.0, gan.yaml:12
  package func listing(of graph: Graph) -> String {
    var lines = ["program @\(name): arena \(arenaCount) elements, at most \(maxLiveCount) alive"]
    for (name, region) in zip(graph.inputNames, inputs) {
      lines.append("  input \(name): \(region.place)")
    }
    for step in steps {
      let operands = step.operands.map(\.place).joined(separator: ", ")
      let place = step.origin.span.map { ", \($0.shortPlace)" } ?? ""
      let scratch = step.scratch.count > 0 ? " scratch \(step.scratch.place)" : ""
      lines.append(
        "  \(step.result.place) = \(step.call.mnemonic) \(operands)\(scratch)"
          + "  // d\(step.origin.order) \(step.origin.layer)\(place)")
    }
    for (name, region) in zip(graph.resultNames, results) {
      lines.append("  result \(name): \(region.place)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Region {
  /// `arena[offset+count]`, in elements.
  fileprivate var place: String { "\(space)[\(offset)+\(count)]" }
}

extension KernelCall {
  fileprivate var mnemonic: String {
    switch self {
    case .input: "input"
    case .fill(let value): "fill \(value)"
    case .alias(let offset): "alias +\(offset) of"
    case .elementwise(let program):
      "elementwise {\(program.instructions.map { "\($0.opcode)" }.joined(separator: " "))}"
    case .matmul(let k):
      "matmul {\(k.batch == 1 ? "" : "\(k.batch) of ")\(k.m)x\(k.n)x\(k.k)"
        + "\(k.transposeA ? " ta" : "")\(k.transposeB ? " tb" : "")}"
    case .convolution(let k): "convolution {\(k.direction.rawValue) \(k.layout.rawValue)}"
    case .reduce(let k): "reduce {\(k.kind)}"
    case .sums(let k):
      "sums {\(k.program.instructions.map { "\($0.opcode)" }.joined(separator: " "))}"
    case .copy(let k): "copy {\(counted(k.pieces.count, "piece"))}"
    case .collective(let k): "\(k.name) {\(k.ranks) ranks}"
    }
  }
}
