import Compilation
import Diagnostics
import Execution
import GameSupport
import Lowering
import Modules
import Spec
import Testing

@testable import Training

/// Layers in whole rounds, with penalties of second and third order through them.
@Suite struct LayerRoundTests {
  private static let text = """
    spec: 1
    name: many-layers
    data: {x: {type: ring, modes: 4, radius: 1, sigma: 0.1, batch: 4}}
    latent:
      z: {shape: [3], distribution: normal}
      w: {shape: [2, 8, 8], distribution: normal}
    networks:
      G:
        input: z
        layers:
          - linear: {out: 4, name: style}
          - softmax
          - embedding: {out: 4, spectral_norm: true, name: embedded}
          - constant: [4, 2, 2]
          - noise: 0.1
          - bias
          - prelu: {per_channel: true}
          - upsample: {mode: bilinear}
          - conv: {out: 8, kernel: 3, padding: 1}
          - selu
          - pixel_shuffle: {name: shuffled}
          - fir
          - scale: {init: 0.5, name: scaled}
          - multiply: [scaled, shuffled]
          - pad: {sides: [1, 1, 0, 2], mode: reflect}
          - crop: [1, 1, 2, 0]
          - flatten
          - {concatenate: [previous, embedded]}
          - linear: 128
          - reshape: [2, 8, 8]
          - hard_tanh
      D:
        input: w
        layers:
          - conv: {out: 4, kernel: 3, padding: 1}
          - mish
          - max_pool: {kernel: 3, stride: 2, padding: 1}
          - dropout: {p: 0.3, channels: true}
          - fir: {down: 2}
          - relu6
          - pixel_unshuffle
          - average_pool: {kernel: 3, stride: 1, padding: 1}
          - adaptive_average_pool: 1
          - flatten
          - log_softmax
          - abs
          - linear: 1
          - hard_sigmoid
    bind: {real: w}
    objective: least_squares
    regularizers: [wgan_gp, advas]
    ema: {G: {decay: 0.9}}
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 2 steps, threads: 2}
    """

  private func trainer(
    _ precision: Compiler.Precision, _ text: String = Self.text
  ) throws -> Trainer {
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var compiler = Compiler(precision: precision)
    return try Trainer(compiler.compile(experiment))
  }

  @Test func enginesAgree() throws {
    let (fast, reference) = (try trainer(.float32), try trainer(.float64))
    let start = reference.variables
    for _ in 0..<3 {
      let (found, expected) = (try fast.runRound(), try reference.runRound())
      #expect(found.count == 2 && found.map(\.player) == expected.map(\.player))
      for (a, b) in zip(found, expected) {
        #expect(!a.values.isEmpty && a.values.map(\.name) == b.values.map(\.name))
        for (x, y) in zip(a.values, b.values) {
          #expect(x.value.isFinite)
          #expect(abs(x.value - y.value) <= 1e-3 * max(1, abs(y.value)), "\(x.name)")
        }
      }
    }
    // Scalars may be below the bound; where their gradients lead is not.
    for network in ["G", "D"] {
      let way = reference.distance(of: network, from: start)
      #expect(reference.distance(of: network, from: fast.variables) < 0.5 * way, "\(network)")
    }
  }

  private static func generator(_ layers: String) -> String {
    """
    spec: 1
    data: {x: {type: ring, modes: 4, batch: 4}}
    latent: {z: {shape: [2], distribution: normal}}
    networks:
      G: {input: z, layers: [\(layers)]}
      D: {input: x, layers: [linear: 1]}
    objective: wgan
    optimizer: {type: sgd, lr: 1e-2}
    train: {total: 4, threads: 1}
    """
  }

  /// voletiv/self-attention-GAN-pytorch#7: a relu that worked in place changed what the shortcut adds.
  @Test func aShortcutSeesTheOperand() throws {
    let trainer = try trainer(
      .float64,
      Self.generator("linear: {out: 2, init: zeros, bias_init: -1}, residual: {main: [relu]}"))
    #expect(trainer.sample().allSatisfy { $0 == -1 })
  }

  /// ImagingLab/Colorizing-with-GANs#5: samples were normalised by statistics that nobody had moved.
  @Test func statisticsOfSamplesMove() throws {
    let trainer = try trainer(.float64, Self.generator("linear: 2, batch_norm, linear: 2"))
    try trainer.runRound()
    let names = trainer.compiled.module.variables.map(\.name)
    for (name, start) in [("G.1.running_mean", 0.0), ("G.1.running_var", 1)] {
      let index = try #require(names.firstIndex(of: name))
      #expect(trainer.engine.state(index).allSatisfy { $0 != start }, "\(name)")
    }
  }

  /// What a transform stores is what an optimizer moves.
  @Test func transformedWeightsAreTrained() throws {
    let trainer = try trainer(
      .float64,
      Self.generator(
        "linear: {out: 4, weight_norm: true}, tanh, linear: {out: 4, equalized: {lr: 0.01}}, tanh, "
          + "linear: {out: 2, weight_standardization: true}"))
    let names = trainer.compiled.module.variables.map(\.name)
    func state(_ name: String) throws -> [Double] {
      trainer.engine.state(try #require(names.firstIndex(of: name), "\(name)"))
    }
    let owned = ["0.weight_g", "0.weight_v", "2.weight", "2.bias", "4.weight"].map { "G." + $0 }
    let before = try owned.map { try state($0) }
    try trainer.runRound()
    for (name, values) in zip(owned, before) { #expect(try state(name) != values, "\(name)") }
  }
}
