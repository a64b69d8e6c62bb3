import Data
import Diagnostics
import Foundation
import Metrics
import Optimizers
import Testing

@testable import Spec
@testable import Syntax

/// `Docs/SPEC.md`; that its tables are up to date is tested with the command that makes them.
struct ReferenceTests {
  private static let page =
    (try? String(contentsOfFile: repository + "Docs/SPEC.md", encoding: .utf8)) ?? ""

  /// Each YAML example with the line that it starts at.
  static let examples: [(line: Int, text: String)] = {
    var examples: [(line: Int, text: String)] = []
    var isInside = false
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line == "```yaml" {
        isInside = true
        examples.append((index + 2, ""))
      } else if line == "```" {
        isInside = false
      } else if isInside {
        examples[examples.count - 1].text += line + "\n"
      }
    }
    return examples
  }()

  @Test func thePageHasExamples() { #expect(Self.examples.count >= 12) }

  /// A whole spec stands for itself, a part of one is laid over the ring's game.
  @Test(arguments: examples.indices)
  func examplesAreRight(index: Int) {
    let (line, text) = Self.examples[index]
    let isWhole = text.hasPrefix("spec:")
    let whole = isWhole ? text : "include: \(repository)specs/ring/gan.yaml\nspec: 1\n" + text
    let loader = SpecLoader(environment: ["HOME": "/home"])
    let result = loader.load(text: whole)
    #expect(result.diagnostics.isEmpty, "line \(line): \(result.diagnostics.rendered)")
    for run in result.runs.indices {
      let result = SpecLoader(run: run, environment: [:]).load(text: whole)
      #expect(result.diagnostics.isEmpty, "line \(line): \(result.diagnostics.rendered)")
    }
  }

  /// Every generated part stands on the page.
  @Test func thePageIsComplete() {
    let asked = Set(SpecReference.markers(of: Self.page))
    #expect(asked == Set(SpecReference.names + ["help"]))
  }

  /// Every key that a reader asks for has a meaning, and nothing else has one.
  @Test func everyKeyHasAMeaning() {
    let known = SpecSchema.mappings
    for section in KeyMeanings.all {
      let names = Set(section.keys.map(\.name))
      var asked = Set((known[section.path] ?? [:]).keys)
      // Keys of single entries of the prelude stand in its tables.
      let parameters = PreludeEntry.all.flatMap { $0.parameters.map(\.name) }
      if ["objective", "regularizers"].contains(section.title) { asked.subtract(parameters) }
      // Keys of single metrics stand in theirs.
      let own =
        MetricCatalogue.declarations.flatMap { $0.keys.map(\.name) }
        + GameMetric.all.flatMap { $0.keys.map(\.name) }
      if section.title == "metrics" { asked.subtract(own) }
      // The top's sections are mappings that other sections are about; `type` picks out the reader of the rest.
      asked.formUnion(
        ["regularizers", "objective", "schedule", "train.update", "metrics"].contains(section.title)
          ? ["type"] : [])
      #expect(names == asked, "\(section.title)")
    }
    let documented = Set(KeyMeanings.all.map(\.path))
    for path in known.keys where !documented.contains(path) {
      let isElsewhere =
        path[0] == "layer" || path.contains("defaults") || path.starts(with: ["objective"])
        || path.starts(with: ["regularizers", "#"]) || path.starts(with: ["metrics", "#"])
        || path.starts(with: ["players", "*", "optimizer"])
        || path.starts(with: ["schedule"]) || path.starts(with: ["train", "update"])
      #expect(isElsewhere, "\(path) is documented nowhere")
    }
  }

  @Test func everyTypeHasASummary() {
    #expect(DatasetType.all.allSatisfy { !$0.summary.isEmpty })
    let others = OptimizerCatalogue.declarations + ScheduleCatalogue.declarations
    #expect(others.allSatisfy { !$0.summary.isEmpty })
  }

  @Test func partsAreReplacedBetweenTheirMarkers() {
    let page = "a\n<!-- generated: lints -->\nold\n<!-- end -->\nb\n<!-- generated: no -->\n"
    let (new, unknown) = SpecReference.updated(page)
    #expect(unknown == ["no"])
    #expect(new.hasPrefix("a\n<!-- generated: lints -->\n\n| lint |"))
    #expect(new.hasSuffix("|\n\n<!-- end -->\nb\n<!-- generated: no -->\n"))
    #expect(SpecReference.updated(new).page == new)
  }
}
