import Compilation
import Diagnostics
import Foundation
import GameSupport
import Spec
import Testing

@testable import Training

/// Sets with fewer samples than a picture shows, and with fewer classes than the spec has.
@Suite struct SmallDataTests {
  /// Ten 2x2 images with classes 0...4 out of ten, in idx files.
  func folder() throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "small-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 2] + (0..<40)
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 10, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    try Foundation.Data(images).write(to: url.appending(path: "train-images-idx3-ubyte"))
    try Foundation.Data(labels).write(to: url.appending(path: "train-labels-idx1-ubyte"))
    return url.path
  }

  func game(_ folder: String, samples: Int, balance: String = "none") throws -> Experiment {
    let text = """
      spec: 1
      name: small
      data: {x: {type: idx, path: "\(folder)", shape: [1, 2, 2], labels: y, batch: 4, range: [-1, 1], balance: \(balance)}}
      latent: {z: {shape: [2], distribution: normal}}
      networks:
        G: {input: {z: [2], y: [10]}, layers: [{concatenate: [z, y]}, linear: 4, tanh, {reshape: [1, 2, 2]}]}
        D: {input: {x: [1, 2, 2], y: [10]}, layers: [{flatten: {from: x}}, {concatenate: [previous, y]}, linear: 1]}
      bind: {fake: "G(z, y)", score(v): "D(v, y)"}
      objective: wgan
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2, threads: 1}
      samples: {network: G, count: \(samples)}
      """
    let result = SpecLoader().load(text: text)
    return try #require(result.experiment, "\(result.diagnostics.rendered)")
  }

  @Test func aPictureMayShowMoreSamplesThanThereAreLabels() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let experiment = try game(folder, samples: 64)
    var compiler = Compiler()
    let trainer = try Trainer(try compiler.compile(experiment))
    try trainer.runRound()
    #expect(trainer.sample().count == 64 * 4)
    #expect(try #require(try Pictures(experiment, trainer.datasets)).coverage == nil)
  }

  /// Steps train on the classes that the spec weighs, images and labels alike.
  @Test func stepsSeeTheClassesThatAreDrawn() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var compiler = Compiler()
    let trainer = try Trainer(
      try compiler.compile(
        try game(folder, samples: 4, balance: "[0, 0, 1, 3, 0, 0, 0, 0, 0, 0]")))
    let log = DrawLog()
    for _ in 0..<10 { _ = try trainer.runRound(observer: log) }
    #expect(trainer.dataTime > .zero)
    var classes: [Int: Int] = [:]
    for (name, labels) in log.draws where name.hasPrefix("discriminator/") && name.hasSuffix("/y") {
      for sample in 0..<4 {
        let hot = try #require(labels[(10 * sample)..<(10 * sample + 10)].firstIndex(of: 1))
        classes[hot - 10 * sample, default: 0] += 1
      }
    }
    #expect(Set(classes.keys) == [2, 3], "\(classes)")
    // Of 40 places 30, to one in each of five epochs of ten places, of which two are dropped.
    #expect((21...39).contains(classes[3] ?? 0), "\(classes)")
  }
}
