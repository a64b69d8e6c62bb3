import Diagnostics
import Optimizers
import Spec
import Syntax
import Testing

struct SweepTests {
  private static func fixture(_ sweep: String) -> String {
    var fixture = SpecFixture()
    fixture.tail += "vars: {width: 8}\nsweep:\n\(sweep)\n"
    return fixture.text
  }

  private static let sweep = """
      optimizer.lr: [1e-4, 2e-4]
      seed: {range: [3, 5]}
      _: [{vars.width: 4}, {vars.width: 16, players.discriminator.steps: 2}]
    """

  @Test func everyCombinationTheLastKeyFastest() {
    let runs = SpecLoader().load(text: Self.fixture(Self.sweep)).runs
    #expect(runs.count == 12)
    #expect(runs.first == "optimizer.lr=1e-4 seed=3 vars.width=4")
    #expect(runs[1] == "optimizer.lr=1e-4 seed=3 vars.width=16 players.discriminator.steps=2")
    #expect(runs.last == "optimizer.lr=2e-4 seed=5 vars.width=16 players.discriminator.steps=2")
  }

  @Test func aRunIsTheSpecWithItsSettings() throws {
    let text = Self.fixture(Self.sweep).replacing(
      "[linear: 8, relu, linear: 2]", with: "[linear: width, linear: 2]")
    let loader = SpecLoader(overrides: ["train.total=7"], run: 11)
    let result = loader.load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    #expect(experiment.seed == 5)
    #expect(experiment.name == "fixture-11")
    #expect(experiment.train.rounds == 7)
    #expect(experiment.players.map(\.steps) == [2, 1])
    #expect(experiment.players.map(\.optimizer.learningRate) == [2e-4, 2e-4])
    #expect(experiment.networks[0].layers[0].outputShape == [16])
    // What a run writes down is a spec of its own, without the sweep.
    let again = SpecLoader().load(text: try #require(result.config?.text))
    #expect(again.runs.isEmpty)
    #expect(again.experiment?.seed == 5)
  }

  @Test func withoutARunTheSweepIsLeftOut() throws {
    let result = SpecLoader().load(text: Self.fixture(Self.sweep))
    #expect(result.experiment?.seed == 0)
    #expect(result.experiment?.name == "fixture")
  }

  /// The command line wins over the sweep, which wins over the file.
  @Test func precedence() {
    let loader = SpecLoader(overrides: ["seed=9"], run: 1)
    let sweep = "  seed: [1, 2]\n  optimizer.lr: [1, 2]"
    let experiment = loader.load(text: Self.fixture(sweep)).experiment
    #expect(experiment?.seed == 9)
    #expect(experiment?.players.first?.optimizer.learningRate == 2)
  }

  /// Overrides with ; between them, the number of runs that are left, and the first.
  private static let overridden: [(String, Int, String)] = [
    ("optimizer.lr=7e-1", 6, "seed=3 vars.width=4"),
    ("seed=1;optimizer.lr=7e-1", 2, "vars.width=4"),
    ("optimizer={type: sgd, lr: 1}", 6, "seed=3 vars.width=4"),
    ("vars.width=4", 12, "optimizer.lr=1e-4 seed=3"),
    ("vars.width=4;players.discriminator.steps=1", 6, "optimizer.lr=1e-4 seed=3"),
    ("players.discriminator.steps=1", 12, "optimizer.lr=1e-4 seed=3 vars.width=4"),
    ("players.discriminator={steps: 1}", 12, "optimizer.lr=1e-4 seed=3 vars.width=4"),
    ("optimizer.eps=1e-3", 12, "optimizer.lr=1e-4 seed=3 vars.width=4"),
    ("sweep.seed=[8]", 4, "optimizer.lr=1e-4 seed=8 vars.width=4"),
    ("sweep.optimizer.lr=[3e-4]", 6, "optimizer.lr=3e-4 seed=3 vars.width=4"),
    ("sweep={seed: [8, 9]}", 2, "seed=8"), ("sweep=null", 0, ""),
    ("seed=1;vars.width=4;players.discriminator.steps=1;optimizer.lr=7e-1", 0, ""),
  ]

  /// What the command line sets does not vary, in a group neither: of each remaining combination one run is left.
  @Test(arguments: overridden)
  func keysThatTheCommandLineSetsDoNotVary(overrides: String, count: Int, first: String) {
    let loader = SpecLoader(overrides: overrides.split(separator: ";").map(String.init))
    let result = loader.load(text: Self.fixture(Self.sweep))
    #expect(result.experiment != nil, "\(result.diagnostics.rendered)")
    #expect(result.runs.count == count)
    #expect(result.runs.first ?? "" == first)
  }

  @Test func aNameOfTheCommandLineIsNumberedToo() {
    let loader = SpecLoader(overrides: ["name=mine"], run: 1)
    #expect(loader.load(text: Self.fixture("  seed: [1, 2]")).experiment?.name == "mine-1")
    let unnamed = SpecLoader(overrides: ["name=null"], run: 1)
    let name = unnamed.load(text: Self.fixture("  seed: [1, 2]")).experiment?.name
    #expect(name == "experiment-1")
    let named = SpecLoader(overrides: ["seed=4"], run: 1)
    #expect(named.load(text: Self.fixture("  name: [a, b]")).experiment?.name == "b")
  }

  @Test(arguments: [
    ("  seed: 3", "must be a list of values, but found '3'"),
    ("  seed: []", "must be a list of values, but found an empty list"),
    ("  seed: {range: [4, 1]}", "must be two whole numbers"),
    ("  seed: {range: [0, 99999999999999]}", "must be two whole numbers"),
    ("  seed: {range: [\(Int.max - 1), \(Int.max)]}", "two whole numbers within ±2^40 that rise"),
    ("  _: {seed: 3}", "must be a list of mappings"), ("  _: [seed]", "must be a list of mappings"),
    ("  seed: {range: [0, 5000]}\n  name: [a, b, c]", "more than 10000 runs"),
    ("  a..b: [1]", "a part of this path is empty"), ("  sed: [1]", "unknown key 'sed'"),
    ("  networks.H.input: [z]", "there is no 'H' in 'networks'"),
    ("  seed: {range: [0, 4], step: 2}", "unknown key 'step' in 'seed' of 'sweep'"),
    ("  seed: [1, 2]\n  _: [{seed: 3}, {seed: 4}]", "'seed' varies twice in 'sweep'"),
    ("  include: [a.yaml, b.yaml]", "a sweep includes no files"),
    (
      "  optimizer.lr: [1, 2]\n  optimizer: [{type: sgd, lr: 3}]",
      "'optimizer' of 'sweep' replaces what 'optimizer.lr' has set before it"
    ),
    (
      "  optimizer.lr: [1, 2]\n  _: [{optimizer: {type: sgd, lr: 3}}]",
      "'optimizer' of 'sweep' replaces what 'optimizer.lr' has set before it"
    ),
  ])
  func faults(sweep: String, message: String) {
    let result = SpecLoader(run: 0).load(text: Self.fixture(sweep))
    #expect(result.experiment == nil)
    #expect(result.diagnostics.rendered.contains(message), "\(result.diagnostics.rendered)")
  }

  @Test(arguments: [2, -1])
  func runThatDoesNotExist(run: Int) {
    let result = SpecLoader(run: run).load(text: Self.fixture("  seed: [1, 2]"))
    #expect(result.experiment == nil)
    #expect(result.diagnostics.rendered.contains("there is no run \(run)"))
    #expect(result.diagnostics.rendered.contains("runs are 0 to 1"))
  }
}
