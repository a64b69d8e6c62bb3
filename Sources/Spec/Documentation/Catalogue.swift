import Data
import Diagnostics
import Functions
import Layers
import Metrics
import Optimizers
import Syntax

/// What a spec can name, as `advas-run list` and `explain` show it.
public enum Catalogue: String, CaseIterable, Sendable {
  case objectives, regularizers, functions, layers, data, optimizers, schedules, metrics, detectors,
    lints

  /// Names, each with one line about it; functions and layers with what they take.
  public var entries: [(name: String, summary: String)] {
    switch self {
    case .objectives:
      PreludeEntry.all.filter { $0.kind == .objective }.map { ($0.name, $0.summary) }
    case .regularizers:
      PreludeEntry.all.filter { $0.kind == .regularizer }.map { ($0.name, $0.summary) }
    case .metrics:
      MetricCatalogue.declarations.map { ($0.name, $0.summary) }
        + GameMetric.all.map { ($0.name, $0.summary) }
    case .detectors: DetectorType.declarations.map { ($0.name, $0.summary) }
    case .functions:
      BuiltIn.table.map { ($0.name, $0.signature) }
        + FunctionCatalogue.all.map { ($0.declaration.name, $0.declaration.signature) }
    case .layers:
      LayerTypes.declarations.sorted { $0.name < $1.name }.map { declaration in
        (declaration.name, declaration.allKeys.map(\.signature).joined(separator: ", "))
      }
    case .data: DatasetType.all.map { ($0.name, $0.summary) }
    case .optimizers: OptimizerCatalogue.declarations.map { ($0.name, $0.summary) }
    case .schedules: ScheduleCatalogue.declarations.map { ($0.name, $0.summary) }
    case .lints: Lint.allCases.map { ($0.rawValue, $0.meaning) }
    }
  }

  /// Everything about what has this name, of whatever kind; nil where nothing has it.
  public static func explanation(of name: String) -> String? {
    var parts: [String] = []
    for entry in PreludeEntry.all where entry.name == name { parts.append(entry.explanation) }
    if let function = BuiltIn.named(name) {
      parts.append("\(function.signature)\n\n\(function.summary)\n")
    }
    if let function = FunctionCatalogue.named(name)?.declaration {
      parts.append("\(function.signature)\n\n\(function.summary)\n")
    }
    if let layer = explanation(ofLayer: name) { parts.append(layer) }
    for (kind, declarations) in [
      ("optimizer", OptimizerCatalogue.declarations), ("schedule", ScheduleCatalogue.declarations),
      ("detector", DetectorType.declarations),
    ] {
      parts += declarations.filter { $0.name == name }.map { $0.explanation(as: kind) }
    }
    if let type = DatasetType.named(name) {
      parts.append(type.keys.explanation(of: "data \(name)", type.summary))
    }
    if let metric = MetricCatalogue.named(name) { parts.append(metric.declaration.explanation) }
    if let metric = GameMetric.named(name) {
      parts.append(metric.explanation)
    }
    if let section = KeySection.all.first(where: { $0.title == name }) {
      parts.append(section.keys.explanation(of: "section \(name)", ""))
    }
    if let lint = Lint(rawValue: name) { parts.append(lint.explanation) }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }

  /// What is known of a type of layer; nil where none is called so.
  package static func explanation(ofLayer name: String) -> String? {
    LayerTypes.declaration(of: name).map { layer in
      let source = WrittenLayers.prelude.layers[name]?.place.entryText
      return layer.explanation + (source.map { "\n\($0)" } ?? "")
    }
  }

  /// What to try in place of an unknown name.
  public static func suggestion(for name: String) -> String? {
    didYouMean(
      name, among: allCases.flatMap { $0.entries.map(\.name) } + KeySection.all.map { $0.title })
  }
}

extension MetricDeclaration {
  /// The metric's summary, what it sees and its keys.
  fileprivate var explanation: String {
    let keys = keys.map { "  \($0.signature)  \($0.meaning)\n" }.joined()
    return "metric \(name), of \(view.rawValue)\n\n\(summary)\n" + (keys.isEmpty ? "" : "\n\(keys)")
  }
}

extension GameMetric {
  /// The metric's summary, its keys and its expression.
  fileprivate var explanation: String {
    let keys = keys.map { "  \($0.signature)  \($0.meaning)\n" }.joined()
    return "metric \(name), of the game\n\n\(summary)\n" + (keys.isEmpty ? "" : "\n\(keys)")
      + (formula.map { "\n  \($0)\n" } ?? "")
  }
}

extension PreludeEntry {
  /// The entry's summary, its paper and its YAML.
  fileprivate var explanation: String {
    let form = form ?? "objective"
    return "\(name): \(form)\n\n\(summary)\n\(paper)\n\n\(source)"
  }

  /// The entry as it stands in the prelude.
  private var source: String {
    let definitions = Prelude.load(CheckingContext()).definitions
    let place =
      kind == .objective
      ? definitions.objectives[name]?.place : definitions.regularizers[name]?.place
    return place?.entryText ?? ""
  }
}

extension SourceSpan {
  /// The entry of a mapping whose key stands here, with all that is below it.
  fileprivate var entryText: String {
    let lines = String(decoding: file.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    func indent(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
    let start = line - 1
    guard lines.indices.contains(start) else { return "" }
    let own = indent(lines[start])
    let rest = lines[(start + 1)...].prefix { $0.isEmpty || indent($0) > own }
    let body = rest.reversed().drop { $0.isEmpty }.reversed()
    return ([lines[start]] + body).map { $0.dropFirst(own) + "\n" }.joined()
  }
}

extension LayerDeclaration {
  /// What the layer is, and a line for each of its keys.
  fileprivate var explanation: String { allKeys.explanation(of: "layer \(name)", summary) }
}

extension Declaration {
  /// What the entry is, and a line for each of its keys.
  fileprivate func explanation(as kind: String) -> String {
    keys.explanation(of: "\(kind) \(name)", summary)
  }
}

extension [any AnyKey] {
  /// What has the keys, and a line for each of them.
  fileprivate func explanation(of title: String, _ summary: String) -> String {
    let own = map { key in
      let value = [key.looks, key.isRequired ? "required" : ""].filter { !$0.isEmpty }
      return "  \(key.signature)\n      \(key.meaning) (\(value.joined(separator: ", ")))\n"
    }
    let keys = map(\.signature).joined(separator: ", ")
    return "\(title): \(keys.isEmpty ? "no keys" : keys)\n"
      + (summary.isEmpty ? "" : "\n\(summary)\n")
      + (own.isEmpty ? "" : "\n" + own.joined())
  }
}
