import Data
import Diagnostics
import Functions
import Layers
import Metrics
import Optimizers
import Syntax

/// The tables of `Docs/SPEC.md`, made of what the readers and the checker themselves use.
///
/// A page has markers, `<!-- generated: functions -->` and `<!-- end -->`; what stands between them is replaced.
public enum SpecReference {
  /// The page with every table as it should be, and the names of markers that nobody knows.
  ///
  /// `others` are parts that are made elsewhere, by name.
  public static func updated(
    _ page: String, others: [String: String] = [:]
  ) -> (page: String, unknown: [String]) {
    var lines: [Substring] = []
    var unknown: [String] = []
    var isInside = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == end { isInside = false }
      if !isInside { lines.append(line) }
      guard line.hasPrefix(start), line.hasSuffix(" -->") else { continue }
      let name = String(line.dropFirst(start.count).dropLast(4))
      guard let part = others[name] ?? part(name) else {
        unknown.append(name)
        continue
      }
      isInside = true
      lines.append("")
      lines += part.split(separator: "\n", omittingEmptySubsequences: false)
    }
    return (lines.joined(separator: "\n"), unknown)
  }

  /// Names of the parts that a page asks for.
  public static func markers(of page: String) -> [String] {
    page.split(separator: "\n").filter { $0.hasPrefix(start) && $0.hasSuffix(" -->") }
      .map { String($0.dropFirst(start.count).dropLast(4)) }
  }

  private static let start = "<!-- generated: "
  private static let end: Substring = "<!-- end -->"

  /// Every part that a page can have.
  public static var names: [String] {
    KeySection.all.map { "keys of \($0.title)" } + [
      "types of data", "types of optimizer", "types of schedule",
      "types of layer", "types of metric", "types of detector", "operators",
      "functions", "objectives", "regularizers", "roles", "lints",
    ]
  }

  static func part(_ name: String) -> String? {
    switch name {
    case "types of data": types(DatasetType.all.map { ($0.name, $0.keys, $0.summary) })
    case "types of optimizer": types(OptimizerCatalogue.declarations)
    case "types of schedule": types(ScheduleCatalogue.declarations)
    case "types of layer": layerTypes
    case "types of metric": metrics
    case "types of detector": types(DetectorType.declarations)
    case "operators": operators
    case "functions":
      table(
        ["function", "value"],
        BuiltIn.table.map { [code($0.signature), $0.summary] }
          + FunctionCatalogue.all.map {
            [code($0.declaration.signature), $0.declaration.summary]
          })
    case "objectives": entries(.objective)
    case "regularizers": entries(.regularizer)
    case "roles": roles
    case "lints":
      table(["lint", "warns of"], Lint.allCases.map { [code($0.rawValue), $0.meaning] })
    default: KeySection.all.first { "keys of \($0.title)" == name }.map(keys)
    }
  }
}

// MARK: - Keys

extension SpecReference {
  private static func keys(_ section: KeySection) -> String {
    let hasTypes = !section.types.isEmpty
    return table(
      ["key"] + (hasTypes ? ["of"] : []) + ["value", "default", "meaning"],
      section.rows.map { key, owners in
        let of = owners.isEmpty ? "all" : owners.joined(separator: ", ")
        return [code(key.name)] + (hasTypes ? [of] : [])
          + [key.looks, key.fallbackText, key.meaning]
      })
  }

  private static func types(_ declarations: [Declaration]) -> String {
    types(declarations.map { ($0.name, $0.keys, $0.summary) })
  }

  private static func types(_ rows: [(name: String, keys: [any AnyKey], summary: String)]) -> String
  {
    table(
      ["type", "keys", "what it is"],
      rows.map { name, keys, summary in
        [code(name), keys.map { code($0.signature) }.joined(separator: ", "), summary]
      })
  }
}

// MARK: - Layers

extension SpecReference {
  private static var layerTypes: String {
    table(
      ["type", "keys", "what it is"],
      LayerTypes.names.compactMap(LayerTypes.declaration).map { layer in
        let keys = layer.allKeys.map { code($0.signature) }
        return [code(layer.name), keys.joined(separator: ", "), layer.summary]
      })
  }
}

// MARK: - Expressions and the prelude

extension SpecReference {
  private static var operators: String {
    let levels = Dictionary(grouping: BinaryOperator.allCases, by: \.precedence)
    var rows = levels.sorted { $0.key > $1.key }.map { precedence, operators in
      (precedence, operators.map { code($0.rawValue) }.joined(separator: " "))
    }
    rows.append((negationPrecedence, "`-` of one operand"))
    let meanings = [
      BinaryOperator.power.precedence:
        "power; from the right, `a^b^c` is `a^(b^c)`; the exponent is a number known before the run and not 0",
      negationPrecedence: "the negative; `-x^2` is `-(x^2)`",
      BinaryOperator.multiply.precedence: "product and quotient, from the left",
      BinaryOperator.add.precedence: "sum and difference, from the left",
      BinaryOperator.less.precedence: "1 where the relation holds, 0 elsewhere; they do not chain",
    ]
    return table(
      ["operators, the tightest first", "value"],
      rows.sorted { $0.0 > $1.0 }.map { [$0.1, meanings[$0.0] ?? ""] })
  }

  private static func entries(_ kind: PreludeEntry.Kind) -> String {
    table(
      [kind.rawValue, "players", "parameters", "what it is", "paper"],
      PreludeEntry.all.filter { $0.kind == kind }.map { entry in
        var parameters = entry.parameters.map { parameter in
          let others = parameter.choices.filter { $0 != parameter.defaultValue }
          return code("\(parameter.name): \(parameter.defaultValue)")
            + (others.isEmpty ? "" : " or " + others.map(code).joined(separator: ", "))
        }
        if let weight = entry.weight { parameters.insert(code("weight: \(weight)"), at: 0) }
        let form = entry.form.map { $0 == "penalty" ? "" : " (\($0))" } ?? ""
        return [
          code(entry.name) + form, entry.players.joined(separator: ", "),
          parameters.joined(separator: "; "), entry.summary, entry.paper,
        ]
      })
  }

  private static var metrics: String {
    table(
      ["metric", "sees", "keys", "what it is"],
      MetricCatalogue.declarations.map { metric in
        [
          code(metric.name), metric.view.rawValue,
          metric.keys.map { code($0.signature) }.joined(separator: ", "), metric.summary,
        ]
      }
        + GameMetric.all.map { metric in
          [
            code(metric.name), "the game",
            metric.keys.map { code($0.signature) }.joined(separator: ", "), metric.summary,
          ]
        })
  }

  private static var roles: String {
    let bind = Prelude.load(CheckingContext()).bind
    return table(
      ["role", "bound by default to"],
      (bind?.entries ?? []).map { [code($0.key.text), code($0.value.scalar?.text ?? "")] })
  }
}

// MARK: - Markdown

extension SpecReference {
  private static func code(_ text: String) -> String { "`\(text)`" }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return ([line(head), "|" + String(repeating: "---|", count: head.count)] + rows.map(line))
      .joined(separator: "\n") + "\n"
  }
}
