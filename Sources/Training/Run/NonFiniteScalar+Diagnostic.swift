import Console
import Diagnostics
import Modules
import TensorIR

extension NonFiniteScalar {
  /// Whose fault it is: that of the data where a sample cannot be read.
  var kind: Failure.Kind { fault == nil ? .runTime : .faultyInput }

  /// How a command ends that has no run's state to save.
  package func failure(round: Int) -> Failure {
    Failure(kind, DiagnosticBag([diagnostic(round: round)]))
  }

  /// What happened and, where the step was traced, where it began.
  package func diagnostic(
    finding: NonFiniteTrace.Finding? = nil, round: Int, savedAs path: String? = nil
  ) -> Diagnostic {
    if var fault {
      if let path { fault.notes.append(Self.note(of: path)) }
      return fault
    }
    var notes: [Diagnostic] = []
    var hint = isState ? Self.hintOfRules : Self.hintOfSteps
    switch finding {
    case .variable(let name):
      if Trainer.isState(name) { hint = Self.hintOfRules }
      notes.append(
        Diagnostic(
          .note, "'\(name)' was not finite before this step: an earlier update took it there"))
    case .node(let graph, let id, let value, let later):
      notes.append(
        Diagnostic(
          .note,
          "the first value that is not finite (\(Self.text(value))) is in "
            + Self.place(of: id, in: graph),
          at: graph.origins[id.index].span))
      if let later {
        notes.append(
          Diagnostic(
            .note, "nan is made of it in " + Self.place(of: later, in: graph),
            at: graph.origins[later.index].span))
      }
      if graph.origins[id.index].order > 0 {
        hint =
          "a derivative there is not finite, though the value is: bound it, as in sqrt(v + 1e-12)"
          + " or log(max(v, 1e-6)); norm(v) has the derivative 0 at 0"
      } else if graph.origins[id.index].isOfRule {
        hint = Self.hintOfRules
      }
    case .nothing:
      notes.append(Diagnostic(.note, "no single operation of the step makes it by itself"))
    case nil: break
    }
    if let path { notes.append(Self.note(of: path)) }
    let what =
      isVariable
      ? "the update of '\(name)' by '\(step.player.name)'" : "'\(name)' of '\(step.player.name)'"
    return Diagnostic(
      .error,
      "\(what) is \(Self.text(value)) in round \(round + 1), its step \(step.count + 1)",
      at: step.player.span, hint: hint, notes: notes)
  }

  /// How to mend what an optimizer's steps lead to.
  static let hintOfSteps = "a smaller learning rate may help"
  /// How to mend what a line of the spec makes of values by itself, whatever the optimizer's steps are.
  static let hintOfRules =
    "bound what it makes, as in clamp(v, -1, 1), and what it divides by, as in max(v, 1e-6)"

  /// `the first derivative of 'D.2', for the term 'mine': %45 = ...`.
  private static func place(of id: ValueID, in graph: Graph) -> String {
    let origin = graph.origins[id.index]
    let layer = origin.layer.isEmpty ? "" : " of '\(origin.layer)'"
    let term =
      origin.term.isEmpty || origin.term == origin.layer ? "" : ", for the term '\(origin.term)'"
    return "the \(orderText(origin.order))\(layer)\(term): \(graph.line(id))"
  }

  private static func note(of path: String) -> Diagnostic {
    Diagnostic(.note, "the state before this round is in \(path)")
  }

  /// Without the sign of a NaN, which says nothing.
  static func text(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

  private static func orderText(_ order: Int) -> String {
    switch order {
    case 0: "forward pass"
    case 1: "first derivative"
    case 2: "second derivative"
    default: "derivative of order \(order)"
    }
  }
}

extension Origin {
  /// Whether it is a constraint or a gradient transform: neither for a term of the objective nor the optimizer's.
  fileprivate var isOfRule: Bool {
    term.isEmpty && !layer.isEmpty && !layer.hasSuffix(".optimizer") && !layer.hasPrefix("ema ")
  }
}
