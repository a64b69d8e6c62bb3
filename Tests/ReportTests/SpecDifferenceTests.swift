import Testing
import Training

@testable import Report

/// What counts as a difference between the specs of two runs.
@Suite struct SpecDifferenceTests {
  private static let base = """
    spec: 1            # a.yaml:1
    name: one          # a.yaml:2
    seed: 0            # --seed
    vars:
      width: 24        # a.yaml:4
    networks:
      G:
        layers:
          - linear:
              out: 96              # a.yaml:9 (4*width)
          - reshape: [24, 2, 2]    # a.yaml:10 ([width, 2, 2])
    regularizers:
      - wgan_gp:
          weight: 10       # a.yaml:12
      - name: drift        # a.yaml:13
        value: "mean(D(x)^2)  # no comment"  # a.yaml:14
    optimizer:
      betas: [0, 0.9]    # a.yaml:15
      lr: 1e-4           # a.yaml:16
      schedule: constant # default
    train:
      total: 100         # --steps

    """

  private func keys(_ changes: (String, String)...) throws -> [String] {
    var other = Self.base
    for (old, new) in changes {
      #expect(other.contains(old))
      other.replace(old, with: new)
    }
    let specs = try [Self.base, other].map { text in
      try #require(SpecValues(text: text, name: "spec.yaml"))
    }
    return SpecDifference(specs).keys
  }

  @Test func valuesGoByTheirPaths() throws {
    let spec = try #require(SpecValues(text: Self.base, name: "spec.yaml"))
    #expect(spec["networks.G.layers.0.linear.out"]?.text == "96")
    #expect(spec["networks.G.layers.0.linear.out"]?.expression == "4*width")
    #expect(spec["regularizers.wgan_gp.weight"]?.text == "10")
    #expect(spec["regularizers.drift.value"]?.text == "mean(D(x)^2)  # no comment")
    #expect(spec.lines[0].text == "spec: 1")
    #expect(spec.lines[0].origin == "a.yaml:1")
  }

  @Test func whatChangesNoNumberIsNone() throws {
    #expect(try keys(("name: one", "name: two"), ("seed: 0", "seed: 3")) == [])
    #expect(try keys(("total: 100", "total: 200")) == [])
  }

  /// A schedule ends with the run, so its length counts.
  @Test func lengthCountsWithASchedule() throws {
    #expect(
      try keys(("total: 100", "total: 200"), ("schedule: constant", "schedule: linear"))
        == ["optimizer.schedule", "train.total"])
  }

  @Test func whatIsAbsentAsAWholeIsOneKey() throws {
    #expect(
      try keys(("  - wgan_gp:\n      weight: 10       # a.yaml:12\n", "")) == [
        "regularizers.wgan_gp"
      ])
    #expect(try keys(("weight: 10", "weight: 1")) == ["regularizers.wgan_gp.weight"])
  }

  /// What is computed of a var follows from it.
  @Test func aVarIsOneDifference() throws {
    #expect(
      try keys(("width: 24", "width: 32"), ("out: 96", "out: 128"), ("[24, 2, 2]", "[32, 2, 2]"))
        == ["vars.width"])
    #expect(
      try keys(("[24, 2, 2]    # a.yaml:10 ([width, 2, 2])", "[32, 2, 2]    # a.yaml:10"))
        == ["networks.G.layers.1.reshape"])
    // Computed otherwise, but the same.
    #expect(try keys(("(4*width)", "(2*width + 48)")) == [])
    #expect(
      try keys(("width: 24", "width: 32"), ("[0, 0.9]", "[0.5, 0.999]"))
        == ["vars.width", "optimizer.betas"])
  }
}
