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

  /// Every key says what it means and what it looks like, and no section has two of one name for all.
  @Test func everyKeyHasAMeaning() {
    for section in KeySection.all {
      for (key, _) in section.rows {
        #expect(!key.meaning.isEmpty, "\(section.title): \(key.name)")
        #expect(!key.looks.isEmpty, "\(section.title): \(key.name)")
      }
      let names = section.keys.map { $0.name }
      #expect(Set(names).count == names.count, "\(section.title)")
    }
  }

  /// A key that types declare differently has a row for each meaning.
  @Test func keysOfSeveralMeaningsHaveSeveralRows() throws {
    let data = try #require(KeySection.all.first { $0.title == "data" })
    let classes = data.rows.filter { $0.key.name == "classes" }
    #expect(classes.count >= 2)
    #expect(Set(classes.map { $0.key.meaning + $0.key.fallbackText }).count == classes.count)
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
