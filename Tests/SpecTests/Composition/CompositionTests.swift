import Diagnostics
import Foundation
import Optimizers
import Testing

@testable import Spec
@testable import Syntax

/// Includes, overrides, variables and interpolation.
struct CompositionTests {
  /// Writes files into a new folder and loads the first.
  private func load(
    _ files: [(name: String, text: String)], overrides: [String] = [], includes: [String] = [],
    environment: [String: String] = [:]
  ) throws -> SpecLoader.Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "spec-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in files {
      let url = folder.appendingPathComponent(file.name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.text.write(to: url, atomically: true, encoding: .utf8)
    }
    let loader = SpecLoader(
      overrides: overrides, includes: includes.map { folder.appendingPathComponent($0).path },
      environment: environment)
    return loader.load(path: folder.appendingPathComponent(files[0].name).path)
  }

  private let base = SpecFixture(
    game: "objective: wgan\nregularizers: [wgan_gp, r1: {weight: 5}]\n"
  ).text

  @Test func thisFileWinsAndNamedEntriesMerge() throws {
    let result = try load([
      (
        "main.yaml",
        "include: parts/base.yaml\nname: main\nregularizers:\n  - r1: {every: 16}\n  - advas\n"
      ),
      ("parts/base.yaml", base),
    ])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.name == "main")
    let penalties = experiment.players.flatMap(\.penalties)
    #expect(penalties.map(\.name) == ["wgan_gp", "r1", "advas"])
    #expect(penalties[1].weight == .number(5))
    #expect(penalties[1].every == 16)
  }

  /// Functions, objectives and regularizers come from an included file, and stand beside those of the spec.
  @Test func definitionsMayBeIncluded() throws {
    let library = """
      define:
        functions:
          f(v, d): v^2 + d
        objectives:
          mine:
            players:
              discriminator: {trains: D, minimizes: "mean(f(score(real), 1)) + mean(score(fake))"}
              generator: {trains: G, minimizes: -mean(score(fake))}
        regularizers: {flat: {player: discriminator, parameters: {at: 2}, value: "mean(f(score(real), at))"}}

      """
    let main = SpecFixture(
      head: "spec: 1\ninclude: library.yaml\n",
      game: "objective: mine\nregularizers: [flat: {at: 3}, own]\n"
        + "define: {regularizers: {own: {player: generator, value: \"mean(f(score(fake), 2))\"}}}\n"
    ).text
    let result = try load([("main.yaml", main), ("library.yaml", library)])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.players.map { $0.penalties.map(\.name) } == [["flat"], ["own"]])
  }

  @Test func layerListsReplaceUnlessNamed() throws {
    let result = try load([
      ("main.yaml", "include: [base.yaml, late.yaml]\nnetworks: {D: {layers: [linear: 1]}}\n"),
      ("base.yaml", base), ("late.yaml", "train: {total: 7}\n"),
    ])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.networks[1].layers.map(\.path) == ["D.0"])
    #expect(experiment.train.rounds == 7)
  }

  @Test func anotherTypeReplacesTheMapping() throws {
    let result = try load([
      ("main.yaml", "include: base.yaml\noptimizer: {type: sgd, lr: 0.5}\n"),
      ("base.yaml", base.replacingOccurrences(of: "lr: 1e-4", with: "lr: 1e-4, betas: [0, 0.9]")),
    ])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(
      experiment.players[0].optimizer
        == Optimizer(method: GradientDescent(), learningRate: 0.5))
  }

  @Test func aDiamondOfIncludesIsReadOnce() throws {
    var files = [("f0.yaml", "include: [f1.yaml, f1.yaml]\n" + base)]
    for index in 1..<20 {
      files.append(("f\(index).yaml", "include: [f\(index + 1).yaml, f\(index + 1).yaml]\n"))
    }
    files.append(("f20.yaml", "seed: 3\n"))
    let result = try load(files)
    #expect(result.experiment?.seed == 3)
  }

  @Test func flagsWinOverTheFile() throws {
    let result = try load(
      [("main.yaml", base), ("fast.yaml", "train: {total: 3}\nseed: 9\n")], overrides: ["seed=4"],
      includes: ["fast.yaml"])
    #expect(result.experiment?.train.rounds == 3)
    #expect(result.experiment?.seed == 4)
  }

  @Test(
    arguments: [
      ("regularizers.r1.weight=0.25", 0.25), ("regularizers.r1.weight=2*3", 6),
      ("regularizers.1.r1.weight=8", 8),
      ("regularizers.1.weight=9", 9), ("regularizers.r1={weight: 3}", 3),
      ("regularizers.r1=null", nil), ("regularizers.r1={}", 10),
    ] as [(String, Double?)])
  func entriesArePatchedByNameOrIndex(_ override: String, _ weight: Double?) throws {
    let result = try load([("main.yaml", base)], overrides: [override])
    let penalty = result.experiment?.players[0].penalties.first { $0.name == "r1" }
    #expect(penalty.map(\.weight) == weight.map { .number($0) }, "\(result.diagnostics.rendered)")
  }

  /// A path adds a regularizer that is not there and `null` removes one, so that a sweep can switch it.
  @Test(
    arguments: [
      ("regularizers.advas={estimator: biased}", ["wgan_gp", "r1", "advas"]),
      ("regularizers.advas=null", ["wgan_gp", "r1"]), ("regularizers.wgan_gp=null", ["r1"]),
      ("regularizers.wgan_gp={every: 2}", ["wgan_gp", "r1"]), ("regularizers=null", []),
    ] as [(String, [String])])
  func regularizersAreSwitchedByType(_ override: String, _ names: [String]) throws {
    let result = try load([("main.yaml", base)], overrides: [override])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.players.flatMap(\.penalties).map(\.name) == names)
  }

  @Test(
    arguments: [
      ("metrics.sliced_wasserstein.samples=500", ["modes 200", "sliced_wasserstein 500"]),
      ("metrics.far.samples=300", ["modes 200", "sliced_wasserstein 10000", "far 300"]),
      ("metrics.modes=null", ["sliced_wasserstein 10000"]),
      (
        "metrics.energy_distance={samples: 9}",
        [
          "modes 200", "sliced_wasserstein 10000", "energy_distance 9",
        ]
      ),
      ("metrics.0.samples=7", ["modes 7", "sliced_wasserstein 10000"]),
    ] as [(String, [String])])
  func metricsGoByTheirNames(_ override: String, _ expected: [String]) throws {
    let own = override.contains("far") ? "\n  - {energy_distance: {name: far}}" : ""
    let text = base + "metrics:\n  - modes: {samples: 200}\n  - sliced_wasserstein" + own + "\n"
    let result = try load([("main.yaml", text)], overrides: [override])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.metrics.map { "\($0.name) \($0.samples)" } == expected)
  }

  /// What the command line says is shown there, not at the line that it replaces.
  @Test func notesShowWhatTheCommandLineSays() throws {
    let result = try load(
      [("main.yaml", base)], overrides: ["regularizers.advas={}", "data.x.batch=7"])
    let message = result.diagnostics.rendered
    #expect(
      message.contains("<--set data.x.batch>:1:14: note: the batch of 'x' is set here"),
      "\(message)")
  }

  @Test func anUnknownPlayerInTheOrderIsOneFault() throws {
    let result = try load([("main.yaml", base)], overrides: ["train.order=[generatr]"])
    let message = result.diagnostics.rendered
    #expect(message.contains("did you mean 'generator'?"), "\(message)")
    #expect(!message.contains("names no player"), "\(message)")
  }

  @Test func aMetricThatIsNotThereCannotBeRemoved() throws {
    let text = base + "metrics: [modes]\n"
    let result = try load([("main.yaml", text)], overrides: ["metrics.fid=null"])
    let message = result.diagnostics.rendered
    #expect(message.contains("'metrics' has no entry 'fid'"), "\(message)")
  }

  @Test func aSweepSwitchesARegularizer() throws {
    let text =
      SpecFixture(game: "objective: hinge\n").text + "sweep: {regularizers.advas: [null, {}]}\n"
    let experiments = try (0..<2).map { run in
      let result = SpecLoader(run: run).load(text: text)
      return try #require(result.experiment, "\(result.diagnostics.rendered)")
    }
    #expect(experiments.map { $0.players[1].penalties.map(\.name) } == [[], ["advas"]])
    for value in ["{}", "null"] {
      let misspelt = SpecLoader(overrides: ["regularizers.advsa=\(value)"]).load(text: text)
      #expect(misspelt.diagnostics.rendered.contains("did you mean 'advas'?"))
    }
    let unknown = SpecLoader(overrides: ["regularizers.7=null"]).load(text: text)
    #expect(unknown.diagnostics.rendered.contains("there is no regularizer '7' to remove"))
  }

  @Test(arguments: [
    ("include=other.yaml", "lay each file over the spec by --include FILE"),
    ("vars.foo=3", "it has no entries, and '--set' makes none"),
  ])
  func whatNoOverrideMakes(override: String, hint: String) throws {
    let result = try load([("main.yaml", base)], overrides: [override])
    #expect(result.experiment == nil)
    #expect(result.diagnostics.rendered.contains(hint), "\(result.diagnostics.rendered)")
  }

  @Test func aWordEntryBecomesAMapping() throws {
    let result = try load([("main.yaml", base)], overrides: ["regularizers.wgan_gp.target=0"])
    #expect(result.experiment != nil, "\(result.diagnostics.rendered)")
  }

  @Test func anOverrideReachesEveryInterpolatedCopy() throws {
    let text = SpecFixture(
      head: "spec: 1\nname: \"w${width}-${2*width}-${env:TAG}\"\nvars: {half: width/2, width: 4}\n",
      generator: "[linear: \"${width}\", linear: half, linear: 2]"
    ).text
    let result = try load(
      [("main.yaml", text)], overrides: ["vars.width=10"], environment: ["TAG": "t"])
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.name == "w10-20-t")
    #expect(experiment.networks[0].layers.map(\.outputShape) == [[10], [5], [2]])
  }

  /// Words of a definition's parameters are left to its uses, in the printed config too.
  @Test func definitionsKeepTheirOwnWords() throws {
    let definition = """
      vars: {strength: 3}
      define:
        regularizers:
          flat:
            player: discriminator
            weight: ${2*strength}
            parameters: {at: {default: real, choices: [real, fake]}}
            value: mean(sumsq(${at}, over=sample)) + 0*sumsq(params(${player}))
      regularizers: [flat: {at: fake}]

      """
    let text = SpecFixture(game: "objective: hinge\n" + definition).text
    let result = try load([("main.yaml", text)])
    let penalty = try #require(
      result.experiment?.players[0].penalties.first, "\(result.diagnostics.rendered)")
    #expect(penalty.weight == .number(6))
    #expect(penalty.value.networks == ["G", "D"])
    let printed = try #require(result.config?.text)
    let again = SpecLoader().load(text: printed)
    #expect(again.diagnostics.isEmpty, "\(again.diagnostics.rendered)\n\(printed)")
  }

  @Test func printConfigNamesEveryOrigin() throws {
    let result = try load(
      [("main.yaml", "include: base.yaml\nname: main\n"), ("base.yaml", base)],
      overrides: ["train.total=3"])
    let text = try #require(result.config?.text)
    func comment(of key: String) -> String? {
      text.split(separator: "\n").first { $0.contains(key) }?.split(separator: "#").last.map(
        String.init)
    }
    #expect(comment(of: "name: main")?.hasSuffix("main.yaml:2") == true)
    #expect(comment(of: "total: 3") == " --set")
    #expect(comment(of: "threads: 0") == " default")
    #expect(comment(of: "lr: 1e-4")?.contains("include") == true)
    #expect(comment(of: "target: 1") == " prelude wgan_gp")
  }

  /// As numbers do.
  @Test func listsShowTheirExpressions() throws {
    let spec = SpecFixture(
      head: "spec: 1\nvars: {w: 4}\n",
      generator: "[linear: 2*w, reshape: [w, 2], flatten, linear: 2]")
    let text = try #require(SpecLoader().load(text: spec.text).config?.text)
    let line = try #require(text.split(separator: "\n").first { $0.contains("reshape: [4, 2] ") })
    #expect(line.hasSuffix(":10 ([w, 2])"), "\(text)")
  }
}
