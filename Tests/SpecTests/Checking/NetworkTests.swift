import Diagnostics
import Layers
import Spec
import Syntax
import TensorIR
import Testing

/// Layer lists: names, blocks, references and shapes.
struct NetworkTests {
  private func generator(_ layers: String, blocks: String = "") throws -> Network {
    try SpecFixture(generator: layers, tail: SpecFixture().tail + blocks).load().networks[0]
  }

  private func allPaths(_ layers: [Layer]) -> [String] {
    layers.flatMap { layer -> [String] in
      guard case .residual(let main, let shortcut) = layer.kind else { return [layer.path] }
      return [layer.path] + allPaths(main) + allPaths(shortcut)
    }
  }

  @Test func blocksNestAsInPyTorch() throws {
    let network = try generator(
      "[linear: 4, relu, linear: 4, resblock: 4, linear: 2]",
      blocks:
        "blocks:\n  resblock(c):\n    - relu\n    - residual: {main: [linear: c, relu, linear: c]}\n"
    )
    #expect(
      allPaths(network.layers) == [
        "G.0", "G.1", "G.2", "G.3.0", "G.3.1", "G.3.1.main.0", "G.3.1.main.1", "G.3.1.main.2",
        "G.4",
      ])
  }

  /// The mapping is then no layer that is called 'type', or has two types.
  @Test(arguments: ["{type: null, out: 3}", "{type: [linear]}"])
  func aFaultyTypeIsToldOnce(_ layer: String) {
    let bag = SpecLoader().load(text: SpecFixture(generator: "[\(layer)]").text).diagnostics
    #expect(bag.sorted.count == 1, "\(bag.rendered)")
    #expect(bag.rendered.contains("'type' of a layer must be text"), "\(bag.rendered)")
  }

  @Test func repeatAndNames() throws {
    let network = try generator(
      "[linear: {out: 4, name: first}, repeat: {times: 2, do: [linear: 4, relu], name: trunk}, {concatenate: [first, trunk]}, linear: 2]"
    )
    #expect(
      network.layers.map(\.path)
        == ["G.first", "G.trunk.0.0", "G.trunk.0.1", "G.trunk.1.0", "G.trunk.1.1", "G.2", "G.3"])
    #expect(network.layers[5].sources == [.layer(path: "G.first"), .layer(path: "G.trunk.1.1")])
    #expect(network.layers[5].outputShape == [8])
  }

  @Test func fromReachesOuterListsAndInputs() throws {
    let network = try generator(
      "[linear: {out: 2, name: a}, residual: {main: [relu, {add: [previous, a, z]}]}, relu: {from: a}]"
    )
    guard case .residual(let main, _) = network.layers[1].kind else {
      return #expect(Bool(false), "no residual")
    }
    #expect(main[1].sources == [.previous, .layer(path: "G.a"), .input("z")])
    #expect(network.layers[2].sources == [.layer(path: "G.a")])
  }

  /// Beside `from`, `previous` of a key is the layer above all the same.
  @Test func previousIsTheLayerAbove() throws {
    let network = try generator(
      "[linear: {out: 2, name: a}, relu, gate: {s: previous, from: a}, gate: {s: a}]",
      blocks: "define: {layers: {gate: {input: {x: [C], s: [C]}, value: x*s}}}\n")
    #expect(network.layers[2].sources == [.layer(path: "G.a"), .previous])
    #expect(network.layers[3].sources == [.previous, .layer(path: "G.a")])
  }

  /// Parameters of layers in YAML start by the rules of `init`; the numbers are torch.nn.init's for [4, 2].
  @Test(arguments: [
    ("3", Initializer.constant(3)), ("1/C", .constant(0.5)), ("zeros", .constant(0)),
    ("{normal: 0.02}", .normal(deviation: 0.02)),
    ("{normal: {mean: 1, deviation: 1/C}}", .normal(mean: 1, deviation: 0.5)),
    ("{uniform: 1/C}", .uniform(bound: 0.5)),
    ("orthogonal", .orthogonal(rows: 4, gain: 1)), ("xavier_uniform", .uniform(bound: 1)),
    ("{kaiming_normal: {gain: 3, fan: out}}", .normal(deviation: 1.5)),
  ])
  func writtenParametersStart(rule: String, start: Initializer) throws {
    let network = try generator(
      "[linear: 2, up, linear: 2]",
      blocks: """
        define:
          layers:
            up: {input: {x: [C]}, parameters: {w: {shape: [2*C, C], init: \(rule)}}, value: "linear(x, w)"}

        """)
    #expect(network.layers[1].declaredVariables.map(\.initial) == [start])
  }

  /// DCGAN's batch norm has scales of N(1, 0.02).
  @Test func scalesOfBatchNormStart() throws {
    let network = try generator(
      "[linear: 2, batch_norm: {init: {normal: {mean: 1, deviation: 0.02}}}, batch_norm: {init: {constant: 2}}, batch_norm]"
    )
    let starts = network.layers.dropFirst().map { $0.declaredVariables.first?.initial }
    #expect(starts == [.normal(mean: 1, deviation: 0.02), .constant(2), .constant(1)])
  }

  @Test func aBlockWithFromStartsThere() throws {
    let network = try generator(
      "[linear: {out: 2, name: a}, relu, two: {c: 2, from: a}]",
      blocks: "blocks:\n  two(c): [linear: c, relu]\n")
    #expect(network.layers.map(\.path) == ["G.a", "G.1", "G.2.0", "G.2.1"])
    #expect(network.layers[2].sources == [.layer(path: "G.a")])
    #expect(network.layers[3].sources == [.previous])
  }

  @Test func blockParameters() throws {
    let network = try generator(
      "[two: 3, two: [5, 7], {two: {b: 9, a: 1}}, linear: 2]",
      blocks: "blocks:\n  two(a, b=max(2, 2*2)): [linear: a, linear: b]\n")
    #expect(network.layers.map(\.outputShape) == [[3], [4], [5], [7], [1], [9], [2]])
  }

  /// A block sees `vars` and its own parameters, not what a block that uses it calls so.
  @Test func blocksSeeNoParametersOfOthers() throws {
    let network = try generator(
      "[outer: 16, linear: 2]",
      blocks: """
        vars: {width: 3}
        blocks:
          inner(c=2*width): [linear: width, linear: c]
          outer(width): [inner, linear: width]

        """)
    #expect(network.layers.map(\.outputShape) == [[3], [6], [16], [2]])
  }

  @Test(arguments: [
    (
      "one: 4", "one(a): {layers: [linear: a], defaults: {}}",
      "unknown key 'defaults' in block 'one'"
    ),
    ("one: [1, 2]", "one(a): [linear: a]", "has 1 parameter, but found 2 values"),
    ("one: 4", "one(a): {linear: a}", "block 'one' must be a list of layers, but found a mapping"),
  ])
  func faultyBlocks(use: String, block: String, message: String) {
    var fixture = SpecFixture(generator: "[\(use), linear: 2]")
    fixture.tail += "blocks:\n  \(block)\n"
    let result = SpecLoader().load(text: fixture.text)
    #expect(result.experiment == nil)
    #expect(result.diagnostics.sorted.count == 1, "\(result.diagnostics.rendered)")
    #expect(result.diagnostics.rendered.contains(message), "\(result.diagnostics.rendered)")
  }

  @Test(
    arguments: [
      ("conv: {out: 8, kernel: 3, padding: 1}", [8, 8, 12]),
      ("conv: {out: 8, kernel: [3, 1], stride: [2, 1]}", [8, 3, 12]),
      ("conv: {out: 8, kernel: 3, dilation: 2}", [8, 4, 8]),
      ("conv: {out: 8, kernel: 4, stride: 2, padding: 1, groups: 2}", [8, 4, 6]),
      ("conv_transpose: {out: 6, kernel: 4, stride: 2, padding: 1}", [6, 16, 24]),
      (
        "conv_transpose: {out: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
        [6, 16, 24]
      ),
      ("upsample: 3", [4, 24, 36]), ("average_pool: 2", [4, 4, 6]),
      ("average_pool: {kernel: 3, stride: 2}", [4, 3, 5]),
      ("global_sum_pool", [4]), ("global_mean_pool", [4]), ("flatten", [384]),
      ("reshape: [8, 4, 12]", [8, 4, 12]),
      ("batch_norm: {affine: false}", [4, 8, 12]), ("elu", [4, 8, 12]), ("gelu", [4, 8, 12]),
      ("swish", [4, 8, 12]),
      ("softplus", [4, 8, 12]), ("sigmoid", [4, 8, 12]),
    ])
  func shapes(_ layer: String, _ shape: [Int]) throws {
    let network = try generator("[linear: 384, reshape: [4, 8, 12], \(layer), flatten, linear: 2]")
    #expect(network.layers[2].outputShape == shape)
  }

  @Test func conditionalNetworks() throws {
    let experiment = try SpecFixture(
      data: "data:\n  x: {type: ring, modes: 5, batch: 8, labels: y}\nlatent:\n  z: {shape: [2]}\n",
      game: """
        bind: {fake: "G(z, y)", score(v): "D(v, y)"}
        objective: hinge
        regularizers: [r1, advas]

        """
    ).text.replacingConditionalInputs().loaded()
    #expect(experiment.networks.map { $0.inputs.map(\.name) } == [["z", "y"], ["x", "y"]])
    #expect(experiment.networks[1].inputs.map(\.shape) == [[2], [5]])
    #expect(experiment.output.sample?.streams == ["z", "y"])
    #expect(experiment.streams.map(\.name) == ["x", "y", "z"])
  }
}

extension String {
  fileprivate func replacingConditionalInputs() -> String {
    replacing(
      "input: z\n    layers: [", with: "input: [z, y]\n    layers: [{concatenate: [z, y]}, "
    )
    .replacing(
      "input: x\n    layers: [", with: "input: {x: [2], y: y}\n    layers: [{concatenate: [x, y]}, "
    )
  }

  fileprivate func loaded() throws -> Experiment {
    let result = SpecLoader().load(text: self)
    return try #require(result.experiment, "\(result.diagnostics.rendered)")
  }
}
