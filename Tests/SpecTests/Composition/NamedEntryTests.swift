import Diagnostics
import Spec
import Testing

/// Entries of lists that paths and including specs find by their names.
struct NamedEntryTests {
  @Test func anEntryWithOtherKeysKeepsItsName() throws {
    let own = "{name: drift, player: discriminator, value: mean(D(x)^2)}"
    var fixture = SpecFixture(
      game: "objective: wgan\nregularizers: [{type: wgan_gp, name: gp, every: 2}, \(own)]\n")
    fixture.tail += "metrics: [{name: gap, value: mean(D(x))}]\n"
    let experiment = try fixture.load([
      "regularizers.gp={weight: 3}", "regularizers.gp.target=2", "regularizers.drift={weight: 2}",
      "metrics.gap={samples: 9}",
    ])
    let penalties = experiment.players[0].penalties
    #expect(penalties.map(\.name) == ["gp", "drift"])
    #expect(penalties.map(\.weight) == [.number(3), .number(2)])
    #expect(penalties.map(\.every) == [1, 1])
    #expect(experiment.metrics.map(\.samples) == [9])
  }

  @Test(arguments: ["!replace {r1: {every: 16}}", "{r1: !replace {every: 16}}", "!replace r1"])
  func anEntryThatReplacesKeepsNothing(entry: String) throws {
    let base = SpecFixture(game: "objective: wgan\nregularizers: [r1: {weight: 5}]\n").text
    var loader = SpecLoader()
    loader.editedFiles = ["/nowhere/base.yaml": base]
    let result = loader.load(
      text: "include: base.yaml\nregularizers: [\(entry)]\n", name: "/nowhere/main.yaml")
    let penalty = try #require(
      result.experiment?.players[0].penalties.first, "\(result.diagnostics.rendered)")
    #expect(penalty.weight == .number(10))
  }
}
