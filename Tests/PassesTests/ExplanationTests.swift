import Diagnostics
import Foundation
import Lowering
import Modules
import Passes
import Spec
import TensorIR
import Testing

/// What `--explain-passes` says of small games, word for word.
///
/// `UPDATE_GOLDEN=1` rewrites what is expected.
@Suite struct ExplanationTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  private static func explanation(_ path: String, disabled: Set<String> = []) throws -> String {
    let result = SpecLoader(environment: [:]).load(path: path)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var pipeline = Pipeline.standard
    pipeline.disabled = disabled
    return try lower(experiment).functions.compactMap { function -> String? in
      guard case .step(let player, _) = function.kind else { return nil }
      let samples = zip(function.graph.inputNames, function.inputs)
        .filter { $1.sampleName != nil }.map(\.0)
      return try Explanation(
        function.graph, title: player, samples: Set(samples),
        networks: experiment.networks.map(\.name), pipeline: pipeline
      ).text
    }.joined(separator: "\n")
  }

  @Test(arguments: ["ring", "batch-norm", "tanh", "spectral-norm", "wide", "blur"])
  func saysWhatIsProvenAndWhy(name: String) throws {
    let path =
      name == "ring"
      ? Self.root.appending(path: "specs/ring/wgan-gp-advas.yaml")
      : Self.folder.appending(path: "Cases/explain-\(name).yaml")
    let text = try Self.explanation(path.path)
    let golden = Self.folder.appending(path: "Cases/explain-\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: golden, atomically: true, encoding: .utf8)
      return
    }
    #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
  }

  /// Docs/SECOND-ORDER-SAVINGS.md shows the generator's step of the critic with batch norm.
  @Test func thePageShowsWhatIsSaid() throws {
    let text = try Self.explanation(
      Self.folder.appending(path: "Cases/explain-batch-norm.yaml").path)
    let step = try #require(text.components(separatedBy: "\n\n").last)
    let page = try String(
      contentsOf: Self.root.appending(path: "Docs/SECOND-ORDER-SAVINGS.md"), encoding: .utf8)
    #expect(page.contains("```\n\(step)```\n"))
  }

  /// The sweep of the generator's loss is shared down to the samples, through residual blocks and what undoes pooling.
  @Test func sweepsAreSharedThroughPooling() throws {
    let path = Self.root.appending(path: "benchmarks/specs/resnet32.yaml").path
    let text = try Self.explanation(path)
    let step = try #require(text.components(separatedBy: "\n\ngenerator\n").last)
    let rest = try #require(step.components(separatedBy: "  shared-sweeps: ").last)
    let shared = try #require(rest.components(separatedBy: "  transposed-tangents: ").first)
    #expect(shared.contains("    D.1.main.1: "))
    #expect(shared.contains("    D.0.main.2: "))
  }

  @Test func aDisabledPassSaysSo() throws {
    let path = Self.root.appending(path: "specs/ring/wgan-gp-advas.yaml").path
    let text = try Self.explanation(path, disabled: ["shared-sweeps"])
    #expect(text.contains("  shared-sweeps: disabled\n"))
  }
}
