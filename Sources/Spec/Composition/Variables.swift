import Diagnostics
import Syntax

/// Evaluates `vars`, whose values may be expressions over each other in any order.
struct Variables {
  private static let chainLimit = 100

  private(set) var values: [String: Double] = [:]
  /// Names without a value because of a fault that was reported.
  private(set) var failed: Set<String> = []

  init(_ node: SpecNode?, environment: [String: String], _ context: CheckingContext) {
    guard let node, !node.isNull else { return }
    guard let entries = node.entries else {
      context.error("'vars' must be a mapping, but found \(node.kindName)", at: node.span)
      return
    }
    var waiting: [String: SpecNode.Entry] = [:]
    for entry in entries {
      guard let name = context.identifier(entry.key, "the variable") else { continue }
      waiting[name] = entry
    }
    for entry in entries where waiting[entry.key.text] != nil {
      evaluate(entry, &waiting, [], environment, context)
    }
  }

  /// Evaluates what the entry needs, then the entry.
  ///
  /// `chain` are the entries that wait for it.
  private mutating func evaluate(
    _ entry: SpecNode.Entry, _ waiting: inout [String: SpecNode.Entry], _ chain: [SpecNode.Entry],
    _ environment: [String: String], _ context: CheckingContext
  ) {
    let name = entry.key.text
    guard waiting.removeValue(forKey: name) != nil else { return }
    guard chain.count < Self.chainLimit else {
      context.error(
        "variables need each other in a chain longer than \(Self.chainLimit)", at: entry.value.span)
      failed.insert(name)
      return
    }
    let chain = chain + [entry]
    let needs = entry.value.scalar?.variableNames ?? []
    for need in needs.sorted() {
      if let start = chain.firstIndex(where: { $0.key.text == need }) {
        let cycle = (chain[start...].map(\.key.text) + [need]).joined(separator: " -> ")
        context.error("variables define each other in a cycle: \(cycle)", at: entry.value.span)
        failed.insert(name)
        return
      }
      if let next = waiting[need] { evaluate(next, &waiting, chain, environment, context) }
    }
    // A fault of a variable that this one needs has been reported.
    guard needs.isDisjoint(with: failed) else {
      failed.insert(name)
      return
    }
    var interpolation = Interpolation(numbers: values, environment: environment)
    let text = interpolation.apply(entry.value)
    context.diagnostics.formUnion(interpolation.diagnostics)
    let value =
      interpolation.diagnostics.hasErrors
      ? nil : context.with(numbers: values) { context.number(text, "variable '\(name)'") }
    if let value { values[name] = value } else { failed.insert(name) }
  }
}

extension LocatedText {
  /// The names that stand in the text, but for those of the environment, as in `${env:WIDTH}`.
  fileprivate var variableNames: Set<String> {
    let parts = text.split(separator: "${env:", omittingEmptySubsequences: false)
    let own = parts.prefix(1) + parts.dropFirst().map { part in part.drop { $0 != "}" } }
    return LocatedText(text: own.joined(separator: " "), at: span).identifiers
  }
}
