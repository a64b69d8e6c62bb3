import Diagnostics
import Syntax

/// What checking a spec has found out, whether the spec is whole or not; for editors, which show it where it stands.
package struct CheckedParts: Sendable {
  /// Networks without a fault.
  package var networks: [Network] = []
  /// Values of `vars`.
  package var variables: [String: Double] = [:]
  /// Values of arithmetic by place; none where one place has several.
  package var numbers: [SourceSpan: Double] = [:]
  /// What expressions mean by place; none where one place has several meanings.
  package var meanings: [SourceSpan: String] = [:]

  init() {}

  init(_ networks: [Network], _ variables: [String: Double], _ context: CheckingContext) {
    self.networks = networks
    self.variables = variables
    numbers = context.evaluations.compactMapValues { $0 }
    meanings = context.meanings.compactMapValues { $0 }
  }
}

extension TypedExpression {
  /// One line for people: its type, its value where that is a number, the order of derivatives, the networks.
  var meaning: String {
    var text = type.description
    if case .number(let value) = term { text += ", \(short(value))" }
    if derivativeOrder > 0 { text += "; derivatives of order \(derivativeOrder) below it" }
    if !networks.isEmpty {
      text += "; depends on the parameters of \(networks.sorted().joined(separator: ", "))"
    }
    return text
  }
}
