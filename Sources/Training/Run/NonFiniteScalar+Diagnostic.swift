import Diagnostics
import Spec
import TensorIR

extension NonFiniteScalar {
  /// What happened and, where the step was traced, where it began.
  func diagnostic(
    finding: NonFiniteTrace.Finding? = nil, round: Int, savedAs path: String? = nil
  ) -> Diagnostic {
    var notes: [Diagnostic] = []
    switch finding {
    case .variable(let name):
      notes.append(
        Diagnostic(
          .note, "'\(name)' was not finite before this step: an earlier update took it there"))
    case .node(let graph, let id, let value):
      let origin = graph.origins[id.index]
      let layer = origin.layer.isEmpty ? "" : " of '\(origin.layer)'"
      notes.append(
        Diagnostic(
          .note,
          "the first value that is not finite (\(Self.text(value))) is in the "
            + "\(Self.orderText(origin.order))\(layer): \(graph.line(id))",
          at: origin.span))
    case .nothing:
      notes.append(Diagnostic(.note, "no single operation of the step makes it by itself"))
    case nil: break
    }
    if let path { notes.append(Diagnostic(.note, "the state before this round is in \(path)")) }
    return Diagnostic(
      .error,
      "'\(name)' of '\(step.player.name)' is \(Self.text(value)) in round \(round + 1), its step \(step.count + 1)",
      at: step.player.span, hint: "a smaller learning rate may help", notes: notes)
  }

  /// Without the sign of a NaN, which says nothing.
  private static func text(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

  private static func orderText(_ order: Int) -> String {
    switch order {
    case 0: "forward pass"
    case 1: "first derivative"
    case 2: "second derivative"
    default: "derivative of order \(order)"
    }
  }
}
