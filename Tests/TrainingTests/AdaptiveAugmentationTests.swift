import Compilation
import Data
import Foundation
import Testing

@testable import Training

/// p of specs/blocks/ada.yaml: every four steps of D up or down by the images of those steps over `speed`.
@Suite struct AdaptiveAugmentationTests {
  private static let block = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "specs/blocks/ada.yaml").path

  /// A game of 8 pictures a step whose D scores everything near `score`; p moves by 8·4/1000.
  private func trainer(score: Double, _ settings: [String] = []) throws -> Trainer {
    let text = """
      spec: 1
      name: adaptive
      include: \(Self.block)
      vars: {side: 8, speed: 1000}
      data: {x: {type: shapes, shape: [3, 8, 8], batch: 8, range: [-1, 1]}}
      latent: {z: {shape: [4]}}
      networks:
        G: {input: z, layers: [linear: 192, reshape: [3, 8, 8], tanh]}
        D: {input: x, layers: [flatten, linear: {out: 1, init: {normal: {deviation: 1e-3}}}, bias: {init: \(score)}]}
      objective: hinge
      regularizers: [r1: {weight: 1e-3}]
      optimizer: {type: sgd, lr: 1e-9}
      train: {total: 20, threads: 1}
      """
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var compiler = Compiler()
    let spec = try compiler.load(SpecInput(path: path, overrides: settings))
    return try Trainer(try compiler.compile(checked: spec))
  }

  private func values(_ trainer: Trainer, rounds: Int) throws -> [Float] {
    let index = try #require(trainer.compiled.variable("state/p"))
    return try (0..<rounds).map { _ in
      try trainer.runRound()
      return trainer.tensor(index).floats[0]
    }
  }

  /// Sure of every real, D is made to see less of them.
  @Test func pRisesWhereDIsSure() throws {
    let found = try values(trainer(score: 9), rounds: 13)
    for (round, p) in found.enumerated() {
      #expect(abs(p - Float(round / 4) * 0.032) < 1e-6, "\(p) in round \(round)")
    }
  }

  @Test func pFallsToNothingWhereDIsWrong() throws {
    let found = try values(trainer(score: -9, ["state.p.init=0.05"]), rounds: 13)
    for (round, p) in found.enumerated() {
      #expect(abs(p - max(0, 0.05 - Float(round / 4) * 0.032)) < 1e-6, "\(p) in round \(round)")
    }
  }

  /// p rises where D is right more often than the target, which is 0.6 where the spec says no other.
  @Test func theTargetDecidesWhetherPRises() throws {
    let above = try values(trainer(score: 9, ["vars.target=1.1"]), rounds: 5)
    #expect(above[4] == 0)
    let below = try values(trainer(score: 9, ["vars.target=0.9"]), rounds: 5)
    #expect(abs(below[4] - 0.032) < 1e-6)
    // Signs begin as those of four steps at the target.
    let shipped = try trainer(score: 9)
    let signs = try #require(shipped.compiled.variable("state/signs"))
    #expect(abs(shipped.tensor(signs).floats[0] - 4 * 0.6) < 1e-6)
  }
}
