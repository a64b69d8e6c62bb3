import Compilation
import Diagnostics
import Foundation
import GameSupport
import Spec
import Testing

@testable import Inspection
@testable import Training

/// Every shipped spec computes the same numbers with the passes and without.
@Suite struct PassCheckTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var specs: [String] {
    ["specs", "benchmarks/specs"].flatMap { folder -> [String] in
      let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      return (names?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("blocks/") }
        .map { "\(folder)/\($0)" }
    }.sorted().filter { !needsFilesOfOnesOwn($0) }
  }

  /// Whether a spec trains on files that only its user has.
  private static func needsFilesOfOnesOwn(_ name: String) -> Bool {
    let environment = ["CIFAR10": "/cifar", "IMAGES": "/photos"]
    let result = SpecLoader(environment: environment).load(path: root.appending(path: name).path)
    return result.experiment?.streams.contains { stream in
      guard case .data(let dataset, _) = stream.source else { return false }
      return dataset.definition.path.map { $0.hasPrefix("/cifar") || $0.hasPrefix("/photos") }
        ?? false
    } ?? true
  }

  /// The spec with layers so narrow that the reference engine takes a moment; their kinds stay.
  private static func load(_ name: String) throws -> Experiment {
    let path = root.appending(path: name)
    var text = try String(contentsOf: path, encoding: .utf8)
    for width in [512, 256, 128, 64] {
      let narrow = width / 32
      text = text.replacing("conv: {out: \(width),", with: "conv: {out: \(narrow),")
        .replacing("conv_transpose: {out: \(width),", with: "conv_transpose: {out: \(narrow),")
        .replacing("4*4*\(width)}", with: "4*4*\(narrow)}")
        .replacing("[\(width), 4, 4]", with: "[\(narrow), 4, 4]")
    }
    let overrides = ["width", "critic"].filter { text.contains("\($0):") }.map { "vars.\($0)=8" }
    let loader = SpecLoader(overrides: overrides, environment: [:])
    let result = loader.load(text: text, name: path.path)
    return try #require(result.experiment, "\(result.diagnostics.rendered)")
  }

  @Test(arguments: specs)
  func everySpecKeepsItsNumbers(name: String) throws {
    let report = try PassCheck.run(try Self.load(name))
    #expect(report.passes, "\(name)\n\(report.text)")
    #expect(!report.rows.isEmpty)
    for row in report.rows {
      #expect(row.multiplyAdds.optimized <= row.multiplyAdds.lowered, "\(name), \(row.title)")
    }
  }

  /// The batch is as large as asked for, and no larger than the spec's.
  @Test func theBatchIsTheCallers() throws {
    let experiment = try Self.load("specs/ring/wgan-gp-advas.yaml")
    let multiplyAdds = try [4, 8, 256, 512].map {
      try PassCheck.run(experiment, samples: $0).rows[0].multiplyAdds.lowered
    }
    #expect(multiplyAdds[1] == 2 * multiplyAdds[0])
    #expect(multiplyAdds[2] == 64 * multiplyAdds[0] && multiplyAdds[3] == multiplyAdds[2])
  }

  /// Players with batches of their own are checked on as few samples as the streams.
  @Test(arguments: ["", "x, z"])
  func playersWithBatches(share: String) throws {
    let game = try compile(
      settings: ["players.discriminator={batch: 8}", "train.share=[\(share)]"])
    #expect(try PassCheck.run(game.experiment).passes)
  }

  @Test func aDifferenceIsSeen() throws {
    let report = try PassCheck.run(try Self.load("specs/ring/wgan-gp-advas.yaml"))
    #expect(report.text.contains("all within 1e-12"))
    #expect(
      try #require(PassCheck.difference([1, 2], [1, 2 + 3e-12], scale: 2)) > PassCheck.bound)
    #expect(try #require(PassCheck.difference([1e-20], [0], scale: 1e-3)) < PassCheck.bound)
    #expect(PassCheck.difference([0, 0], [0, 0], scale: 0) == 0)
    #expect(PassCheck.difference([1], [.nan], scale: 1) == nil)
    #expect(PassCheck.difference([.infinity], [.infinity], scale: 1) == nil)
    #expect(PassCheck.difference([1], [], scale: 1) == .infinity)
  }

  /// A loss that is no number both ways does not differ, and does not pass either.
  @Test func aLossThatIsNotFiniteIsNamed() throws {
    let penalty = "{name: root, player: discriminator, value: sqrt(-1 - mean(D(x)^2))}"
    let settings = ["train.share=[x]", "objective=non_saturating"]
    let experiment = try compile(regularizers: "[\(penalty)]", settings: settings).experiment
    let report = try PassCheck.run(experiment)
    #expect(!report.passes)
    #expect(report.rows.map(\.difference) == [nil])
    #expect(report.text.contains("not finite"))
    #expect(report.text.hasSuffix("\n1 step, 1 not within 1e-12\n"))
    #expect(!report.text.contains("TOO FAR"))
  }
}
