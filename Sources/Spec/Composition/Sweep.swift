import Diagnostics
import Syntax

/// The runs of a spec's `sweep`: every combination of the values that it lists.
///
///     sweep:
///       optimizer.lr: [1e-4, 2e-4]
///       seed: {range: [0, 4]}                    # 0, 1, 2, 3, 4
///       _: [{vars.width: 32}, {vars.width: 64, players.discriminator.steps: 2}]
///
/// `_` holds groups of values that vary together. Keys are paths as `--set` takes them; the last key varies fastest.
/// A key that the command line sets has one value, and no longer varies.
struct Sweep {
  /// Runs of one sweep; a spec of one line can ask for billions.
  static let runLimit = 10_000

  /// The settings of one run.
  typealias Settings = [(key: LocatedText, value: SpecNode)]

  private(set) var runs: [Settings] = []

  /// Takes `sweep` out of a spec; nil where there is none or nothing varies, no runs after a diagnostic.
  ///
  /// `overrides` are those of the command line, which win over the sweep.
  init?(
    removingFrom tree: inout SpecNode, under overrides: [Override],
    into diagnostics: inout DiagnosticBag
  ) {
    guard var entries = tree.entries,
      let index = entries.firstIndex(where: { $0.key.text == "sweep" })
    else { return nil }
    let entry = entries.remove(at: index)
    tree = tree.with(.mapping(entries), at: tree.span)
    guard !entry.value.isNull else { return nil }
    guard let keys = entry.value.entries, !keys.isEmpty else {
      diagnostics.insert(
        Diagnostic(
          .error, "'sweep' must be a mapping of paths to lists, but found \(entry.value.kindName)",
          at: entry.value.span, hint: "write, for example, seed: [0, 1, 2]"))
      return
    }
    var combinations: [Settings] = [[]]
    let varying = keys.map(\.key).filter { key in
      key.text != "_" && !overrides.contains { $0.covers(key.text) }
    }
    var isFaulty = false
    for key in keys {
      guard let written = Self.choices(key, among: varying, into: &diagnostics) else {
        isFaulty = true
        continue
      }
      let choices = Self.free(written, under: overrides)
      guard combinations.count <= Self.runLimit / choices.count else {
        diagnostics.insert(
          Diagnostic(.error, "this sweep has more than \(Self.runLimit) runs", at: key.key.span))
        return
      }
      combinations = combinations.flatMap { run in choices.map { run + $0 } }
    }
    guard !isFaulty, !Self.reportLost(in: combinations, into: &diagnostics) else { return }
    guard combinations.contains(where: { !$0.isEmpty }) else { return nil }
    runs = combinations
  }

  /// `true` after reporting a key that takes back what one before it sets in the same run, so that runs are alike.
  private static func reportLost(
    in runs: [Settings], into diagnostics: inout DiagnosticBag
  ) -> Bool {
    for run in runs {
      for (index, setting) in run.enumerated() {
        let key = setting.key
        guard let lost = run[..<index].first(where: { $0.key.text.hasPrefix(key.text + ".") })
        else { continue }
        diagnostics.insert(
          Diagnostic(
            .error, "'\(key.text)' of 'sweep' replaces what '\(lost.key.text)' has set before it",
            at: key.span,
            hint: "let '\(key.text)' stand first, or write what goes together as groups of '_'",
            notes: [Diagnostic(.note, "it is set here", at: lost.key.span)]))
        return true
      }
    }
    return false
  }

  /// The choices without what the command line sets; those that differ in nothing else are one.
  private static func free(_ choices: [Settings], under overrides: [Override]) -> [Settings] {
    let isCovered = { (key: LocatedText) in overrides.contains { $0.covers(key.text) } }
    guard choices.contains(where: { $0.contains { isCovered($0.key) } }) else { return choices }
    var titles: Set<String> = []
    return choices.map { $0.filter { !isCovered($0.key) } }
      .filter { titles.insert(title($0)).inserted }
  }

  /// What a key can be set to, at least one; nil after a diagnostic.
  ///
  /// `all` are those that vary by themselves.
  private static func choices(
    _ entry: SpecNode.Entry, among all: [LocatedText], into diagnostics: inout DiagnosticBag
  ) -> [Settings]? {
    let name = entry.key.text
    if name == "_" { return groups(entry.value, beside: all, into: &diagnostics) }
    if let range = entry.value["range"] { return numbers(range, of: entry, into: &diagnostics) }
    guard let items = entry.value.items, !items.isEmpty else {
      diagnostics.insert(
        Diagnostic(
          .error,
          "'\(name)' of 'sweep' must be a list of values, but found \(entry.value.kindName)",
          at: entry.value.span, hint: "write \(name): [1, 2], or {range: [0, 4]}"))
      return nil
    }
    return items.map { [(entry.key, $0)] }
  }

  /// `{range: [0, 4]}`, in place of a list.
  private static func numbers(
    _ range: SpecNode, of entry: SpecNode.Entry, into diagnostics: inout DiagnosticBag
  ) -> [Settings]? {
    let name = entry.key.text
    if let other = entry.value.entries?.first(where: { $0.key.text != "range" }) {
      diagnostics.insert(
        Diagnostic(
          .error, "unknown key '\(other.key.text)' in '\(name)' of 'sweep'", at: other.key.span,
          hint: "allowed: range"))
      return nil
    }
    guard let bounds = range.items?.compactMap({ $0.scalar.flatMap { Int($0.text) } }),
      bounds.count == 2, range.items?.count == 2, bounds[0] <= bounds[1],
      bounds[1].magnitude < 1 << 40, bounds[0].magnitude < 1 << 40,
      bounds[1] - bounds[0] < runLimit
    else {
      diagnostics.insert(
        Diagnostic(
          .error,
          "'range' of '\(name)' must be two whole numbers within ±2^40 that rise, less than \(runLimit) apart",
          at: range.span, hint: "write range: [0, 4] for 0, 1, 2, 3, 4"))
      return nil
    }
    return (bounds[0]...bounds[1]).map {
      [(entry.key, SpecNode.synthesized(String($0), at: range.span))]
    }
  }

  private static func groups(
    _ node: SpecNode, beside keys: [LocatedText], into diagnostics: inout DiagnosticBag
  ) -> [Settings]? {
    let groups = node.items?.compactMap { item in
      item.entries.flatMap { $0.isEmpty ? nil : $0.map { (key: $0.key, value: $0.value) } }
    }
    guard let groups, !groups.isEmpty, groups.count == node.items?.count else {
      diagnostics.insert(
        Diagnostic(
          .error, "'_' of 'sweep' must be a list of mappings, the groups that vary together",
          at: node.span, hint: "write _: [{seed: 0, vars.width: 32}, {seed: 1, vars.width: 64}]"))
      return nil
    }
    for (key, _) in groups.joined() {
      guard let first = keys.first(where: { $0.text == key.text }) else { continue }
      diagnostics.insert(
        Diagnostic(
          .error, "'\(key.text)' varies twice in 'sweep', in a list of its own and in a group",
          at: key.span, hint: "keep one of them",
          notes: [Diagnostic(.note, "its own list is here", at: first.span)]))
      return nil
    }
    return groups
  }

  /// `optimizer.lr=1e-4 seed=0`.
  static func title(_ settings: Settings) -> String {
    settings.map { "\($0.key.text)=\($0.value.flowText)" }.joined(separator: " ")
  }

  /// The spec with the settings of one run.
  func tree(
    ofRun index: Int, _ tree: SpecNode, into diagnostics: inout DiagnosticBag
  ) -> SpecNode {
    var result = tree
    for (key, value) in runs[index] {
      if let override = Override(key, value, into: &diagnostics) {
        result = override.apply(to: result, into: &diagnostics)
      }
    }
    return result
  }

  /// The spec of one run with a name that ends in the run's number, unless the sweep itself names runs.
  func naming(
    run index: Int, _ tree: SpecNode, into diagnostics: inout DiagnosticBag
  ) -> SpecNode {
    guard !runs[index].contains(where: { $0.key.text == "name" }) else { return tree }
    let given = tree["name"].flatMap { $0.isNull ? nil : $0.scalar?.text }
    let name = given ?? "experiment"
    let span = tree["name"]?.span ?? tree.span
    let key = LocatedText(text: "name", at: span)
    let value = SpecNode.synthesized("\(name)-\(index)", at: span)
    return Override(key, value, into: &diagnostics)?.apply(to: tree, into: &diagnostics) ?? tree
  }
}
