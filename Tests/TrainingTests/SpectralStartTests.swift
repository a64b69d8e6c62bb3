import Compilation
import Data
import Diagnostics
import Execution
import Foundation
import GameSupport
import Lowering
import Modules
import Spec
import Testing

@testable import Inspection
@testable import Training

/// Where the singular vectors of spectral norm begin, and who looks through the norm before its owner has moved.
@Suite struct SpectralStartTests {
  /// PyTorch 2.13's parametrization on the first weights; `Tests/Parity/spectral_start.py` prints these.
  private static let expected: [String: [Double]] = [
    "G.0.weight_u": [
      -0.14149528851450077, 0.469338457150468, -0.6904299779922458, 0.5319839672936051,
    ],
    "G.0.weight_v": [-0.20848733274073858, 0.5995589393026063, -0.7726979425292823],
    "G.2.weight_u": [0.23308972037721587, 0.9724552340619445],
    "G.4.weight_u": [0.9000207622920898, 0.43584702298302486],
    "D.0.weight_u": [-0.9762064627971144, -0.19520043481829494, 0.09443374523916002],
    "D.0.weight_v": [-0.759888835410382, -0.6500530423116667],
    "D.2.weight_u": [1.0],
    "D.2.weight_v": [-0.49727811463940064, 0.5858992682537083, -0.6398722717546466],
  ]

  private static let small = """
    spec: 1
    seed: 3
    data: {x: {type: ring, modes: 4, batch: 4}}
    latent: {z: {shape: [3]}}
    networks:
      G:
        input: z
        layers:
          - linear: 4
          - reshape: [4, 1, 1]
          - conv_transpose: {out: 4, kernel: 2, groups: 2}
          - tanh
          - conv: {out: 2, kernel: 2}
          - flatten
      D: {input: x, layers: [linear: 3, tanh, linear: 1]}
    objective: hinge
    regularizers: [spectral_norm: {player: [discriminator, generator]}]
    ema: {G: {decay: 0.9}}
    optimizer: {type: sgd, lr: 1e-2}
    train: {total: 4, threads: 1, update: simultaneous}
    """

  /// Deep enough that σ by unrelated vectors makes scores thousands of times too large.
  private static let deep = """
    spec: 1
    seed: 2
    data: {x: {type: ring, modes: 5, batch: 16}}
    latent: {z: {shape: [4]}}
    networks:
      G: {input: z, layers: [linear: 16, relu, linear: 2]}
      D:
        input: x
        layers:
          - linear: 32
          - leaky_relu: 0.2
          - linear: 32
          - leaky_relu: 0.2
          - linear: 32
          - leaky_relu: 0.2
          - linear: 1
    objective: hinge
    regularizers: [spectral_norm]
    optimizer: {type: sgd, lr: 1e-3}
    train: {total: 5, threads: 1}
    """

  private func trainer(
    _ text: String, _ settings: [String] = [], _ precision: Compiler.Precision = .float64
  ) throws -> Trainer {
    let result = SpecLoader(overrides: settings).load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var compiler = Compiler(precision: precision, exposes: .gradients)
    return try Trainer(try compiler.compile(experiment))
  }

  private func values(_ name: String, of trainer: Trainer) throws -> [Double] {
    trainer.engine.state(try #require(trainer.compiled.variable(name), "\(name)"))
  }

  /// uᵀWv.
  private func bilinear(_ u: [Double], _ w: [Double], _ v: [Double]) -> Double {
    w.indices.reduce(0.0) { $0 + u[$1 / v.count] * w[$1] * v[$1 % v.count] }
  }

  private func isNear(_ a: [Double], _ b: [Double], _ bound: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < bound }
  }

  /// Also what a simultaneous round keeps beside the vectors, and those of the average of a network.
  @Test(arguments: [(Compiler.Precision.float64, 1e-14), (.float32, 1e-7)])
  func beginsAsPyTorchsParametrization(precision: Compiler.Precision, bound: Double) throws {
    let trainer = try trainer(Self.small, [], precision)
    for (name, expected) in Self.expected {
      #expect(isNear(try values(name, of: trainer), expected, bound), "\(name)")
      #expect(isNear(try values("next/" + name, of: trainer), expected, bound), "\(name)")
      guard name.hasPrefix("G") else { continue }
      #expect(isNear(try values("ema/" + name, of: trainer), expected, bound), "\(name)")
    }
  }

  /// Whoever moves first, and however: the generator's first loss is that of PyTorch, where D's owner has not moved.
  @Test(arguments: [
    ["train.order=[generator, discriminator]"], ["train.update=simultaneous"],
    ["train.update=simultaneous", "train.order=[generator, discriminator]"],
    ["train.update={consensus: {weight: 10}}"],
  ])
  func theFirstLossIsThatOfPyTorch(settings: [String]) throws {
    let report = try trainer(Self.deep, settings).runRound()
    let scalars = try #require(report.first { $0.player == "generator" })
    let loss = try #require(scalars.values.first { $0.name == "loss" })
    #expect(abs(loss.value - -0.025742339751556605) < 1e-12)
  }

  /// A record of weights without their vectors: these are found anew, for the weights that the record brings.
  @Test func aReplayedWeightHasVectorsOfItsOwn() throws {
    let path = "\(NSTemporaryDirectory())/advas-\(UInt64.random(in: 0 ... .max)).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let other = try trainer(Self.small.replacing("seed: 3", with: "seed: 4"))
    let recorder = RoundRecorder()
    recorder.noteStart(other)
    let kept = recorder.tensors.filter { $0.key == "parameters/D.0.weight_orig" }
    try SafetensorsFile(tensors: kept).write(to: path)

    let trainer = try trainer(Self.small)
    let before = try values("D.2.weight_v", of: trainer)
    try Replay(path: path, for: trainer).apply(to: trainer, isPlaced: false)
    let w = try values("D.0.weight_orig", of: trainer)
    #expect(w == (try values("D.0.weight_orig", of: other)))
    let (u, v) = (try values("D.0.weight_u", of: trainer), try values("D.0.weight_v", of: trainer))
    let sigma = bilinear(u, w, v)
    // The larger root of the characteristic polynomial of the 2x2 matrix WᵀW.
    func inner(_ a: Int, _ b: Int) -> Double {
      w[a] * w[b] + w[2 + a] * w[2 + b] + w[4 + a] * w[4 + b]
    }
    let half = (inner(0, 0) + inner(1, 1)) / 2
    let determinant = inner(0, 0) * inner(1, 1) - inner(0, 1) * inner(0, 1)
    let largest = half + (half * half - determinant).squareRoot()
    #expect(abs(sigma * sigma - largest) < 1e-5)
    #expect(try values("next/D.0.weight_u", of: trainer) == u)
    #expect(try values("D.2.weight_v", of: trainer) == before)
  }

  /// An average far behind its weight is divided by its own largest singular value.
  @Test func theAverageOfANetworkIsDividedByItsOwnNorm() throws {
    let trainer = try trainer(
      Self.small,
      ["optimizer.lr=2", "ema.G.decay=0.99", "train.total=60", "train.update=alternating"])
    for _ in 0..<60 { try trainer.runRound() }
    let w = try values("ema/G.0.weight_orig", of: trainer)
    let u = try values("ema/G.0.weight_u", of: trainer)
    let v = try values("ema/G.0.weight_v", of: trainer)
    let sigma = bilinear(u, w, v)
    var x = [1.0, 0.3, -0.2]
    var largest = 0.0
    for _ in 0..<5000 {
      var z = [0.0, 0, 0]
      for row in 0..<4 {
        let y = w[3 * row] * x[0] + w[3 * row + 1] * x[1] + w[3 * row + 2] * x[2]
        for column in 0..<3 { z[column] += w[3 * row + column] * y }
      }
      let norm = (z[0] * z[0] + z[1] * z[1] + z[2] * z[2]).squareRoot()
      (x, largest) = (z.map { $0 / norm }, norm.squareRoot())
    }
    #expect(abs(sigma / largest - 1) < 1e-3, "\(sigma) for \(largest)")
  }
}
