import Diagnostics
import Foundation
import Layers
import Testing

@testable import Spec
@testable import Syntax

struct SchemaTests {
  private static func schema() throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(SpecSchema.text.utf8)) as? [String: Any])
  }

  /// Every key that any reader asks for, whatever it reads, is in the schema.
  @Test func stepsWithTheReader() throws {
    let valid = ShippedSpecsTests.specs.map { ShippedSpecsTests.folder + $0 }
    let broken = GoldenDiagnosticsTests.cases.map { "\(GoldenDiagnosticsTests.folder)\($0).yaml" }
    let regularizers = PreludeEntry.all.map(\.name)
    for path in valid + broken {
      for (place, keys) in SpecLoader(environment: [:]).keys(path: path) {
        // Layers declare their keys; blocks and regularizers of the spec's own have keys of their own.
        if place.first == "layer" || place.last == "defaults" { continue }
        if place.first == "regularizers", place.count > 2, !regularizers.contains(place[2]) {
          continue
        }
        guard let known = SpecSchema.mappings[place] else {
          Issue.record("\(place) of \(path) is not in the schema")
          continue
        }
        for key in keys where known[key] == nil && place != ["regularizers", "#"] {
          Issue.record("\(key) of \(place), asked for in \(path), is not in the schema")
        }
      }
    }
  }

  /// Keys of which one would notice the absence, at every depth.
  @Test(arguments: [
    ["train", "total"], ["train", "update"], ["networks", "*", "layers"], ["data", "*", "batch"],
    ["optimizer", "schedule"], ["players", "*", "optimizer", "betas"], ["samples", "use"],
    ["ema", "*", "half_life"], ["regularizers", "#", "wgan_gp", "weight"],
    ["regularizers", "#", "value"], ["objective", "least_squares"], ["bind"], ["sweep"],
    ["include"], ["train", "update"], ["regularizers", "#", "r1", "schedule"],
    ["players", "*", "penalties", "#", "schedule"], ["$schedule", "linear", "over"],
  ])
  func has(path: [String]) throws {
    var node = try Self.schema()
    for part in path {
      switch part {
      case "*": node = try #require(node["additionalProperties"] as? [String: Any])
      case "$schedule":
        let definitions = try #require(node["$defs"] as? [String: Any])
        node = try #require(definitions["schedule"] as? [String: Any])
      case "#": node = try #require(node["items"] as? [String: Any])
      default:
        let properties = try #require(node["properties"] as? [String: Any], "\(path): \(part)")
        let value = try #require(properties[part], "\(path): \(part)")
        node = value as? [String: Any] ?? [:]
      }
    }
  }

  @Test func layersHaveTheirKeys() throws {
    let definitions = try #require(try Self.schema()["$defs"] as? [String: Any])
    let layer = try #require(definitions["layer"] as? [String: Any])
    let named = try #require(layer["else"] as? [String: Any])
    let types = try #require(named["properties"] as? [String: Any])
    for declaration in LayerTypes.declarations {
      let type = try #require(types[declaration.name] as? [String: Any], "\(declaration.name)")
      let forms = try #require(type["anyOf"] as? [[String: Any]])
      let keys = try #require(forms.first?["properties"] as? [String: Any])
      let declared = (LayerTypes.shared + declaration.allKeys).map(\.name)
      #expect(Set(keys.keys) == Set(declared), "\(declaration.name)")
    }
  }

  @Test(arguments: Catalogue.allCases)
  func cataloguesExplainWhatTheyList(catalogue: Catalogue) throws {
    #expect(!catalogue.entries.isEmpty)
    for entry in catalogue.entries {
      let text = try #require(Catalogue.explanation(of: entry.name))
      #expect(text.contains(entry.name), "\(entry.name)")
      #expect(entry.summary.isEmpty || text.contains(entry.summary), "\(entry.name)")
    }
    #expect(Catalogue.explanation(of: "no_such_thing") == nil)
  }

  @Test func explanationShowsTheYAMLOfTheEntryAlone() throws {
    let text = try #require(Catalogue.explanation(of: "weight_clipping"))
    #expect(text.contains("\nweight_clipping:\n  paper: "))
    #expect(text.hasSuffix("  value: clamp(w, -limit, limit)\n"))
  }
}
