import Diagnostics
import Foundation
import Optimizers
import TestSupport
import Testing

@testable import Spec
@testable import Syntax

/// Every spec that ships must load without a word.
struct ShippedSpecsTests {
  static let folder = repository + "specs/"
  /// With what specs of files of one's own ask for.
  static let loader = SpecLoader(environment: ["CIFAR10": "/cifar", "IMAGES": "/photos"])

  /// All but parts that others include.
  static var specs: [String] { ShippedSpecFiles.all }

  @Test func thereAreSpecs() { #expect(Self.specs.contains("fashion-mnist/wgan-gp-advas.yaml")) }

  @Test(arguments: specs)
  func loads(_ path: String) {
    let result = Self.loader.load(path: Self.folder + path)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics.rendered)")
    #expect(result.experiment != nil)
  }

  @Test(arguments: specs)
  func printedConfigLoadsToTheSame(_ path: String) throws {
    let result = Self.loader.load(path: Self.folder + path)
    let printed = try #require(result.config?.text)
    let again = SpecLoader().load(text: printed, name: "printed.yaml")
    #expect(again.diagnostics.isEmpty, "\(again.diagnostics.rendered)\n\(printed)")
    // What was resolved twice is a spec, too: ranks that go on with a run get it so.
    let twice = SpecLoader().load(text: try #require(again.config?.text), name: "twice.yaml")
    #expect(twice.diagnostics.isEmpty, "\(twice.diagnostics.rendered)")
    let (first, second) = (try #require(result.experiment), try #require(again.experiment))
    #expect(first.networks.map { summary(of: $0) } == second.networks.map { summary(of: $0) })
    #expect(first.train == second.train)
    #expect(summary(of: first.output) == summary(of: second.output))
    #expect(first.players.map(\.optimizer) == second.players.map(\.optimizer))
    #expect(
      first.players.map { $0.penalties.map(\.weight) }
        == second.players.map { $0.penalties.map(\.weight) })
  }

  private func summary(of output: Output) -> String {
    let sample = output.sample
    let source = "\(sample?.networks ?? []) of \(sample?.streams ?? []), \(sample?.shape ?? [])"
    let how = "\(sample?.usesAverage as Any) \(sample?.map as Any) \(sample?.range as Any)"
    let every = [
      output.logEvery, output.sampleEvery, output.checkpointEvery, output.keepCheckpoints,
    ]
    return "\(sample?.count ?? 0) \(source) \(how) \(every) \(output.directory)"
      + " \(output.checkpointMinutes)"
  }

  private func summary(of network: Network) -> [String] {
    network.layers.map { "\($0.path) \($0.inputShapes) -> \($0.outputShape) \($0.sources)" }
  }

  @Test func theDesignsExperiment() throws {
    let result = SpecLoader().load(path: Self.folder + "fashion-mnist/wgan-gp-advas.yaml")
    let experiment = try #require(result.experiment)
    #expect(experiment.streams.map(\.name) == ["x", "z"])
    #expect(experiment.streams.map(\.shape) == [[1, 28, 28], [128]])
    #expect(experiment.streams.map(\.batch) == [64, 64])
    let generator = experiment.networks[0]
    #expect(generator.layers.map(\.outputShape).first == [12544])
    #expect(generator.output == [1, 28, 28])
    #expect(generator.layers.map(\.path).last == "G.11")
    #expect(
      experiment.networks[1].layers.map(\.path) == ["D.0", "D.1", "D.2", "D.3", "D.4", "D.5"])
    let (discriminator, player) = (experiment.players[0], experiment.players[1])
    #expect(discriminator.trains == ["D"])
    #expect(discriminator.penalties.map(\.name) == ["wgan_gp"])
    #expect(discriminator.penalties[0].weight == .number(10))
    #expect(discriminator.penalties[0].bindings.map(\.name) == ["wgan_gp.t", "wgan_gp.xh"])
    #expect(player.penalties.map(\.weight) == [.auto])
    #expect(player.penalties[0].value.derivativeOrder == 1)
    #expect(player.optimizer.method is Adam)
    #expect(player.optimizer.method.scalars(rate: 1, step: 0)["adamBias1"] == 1)
    #expect(
      experiment.train
        == Training(rounds: 20_000, order: ["discriminator", "generator"], threads: 0))
    let sample = try #require(experiment.output.sample)
    #expect(sample.title == "G")
    #expect(sample.networks == ["G"])
    #expect(sample.streams == ["z"])
    #expect(sample.count == 64)
  }
}
