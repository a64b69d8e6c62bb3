import Foundation
import Testing

/// A run goes on with the data that it began with, or not at all.
@Suite struct ChangedDataTests {
  private static let spec = """
    spec: 1
    name: pixels
    data: {x: {type: idx, path: pixels, shape: [1, 4, 4], batch: 4, range: [-1, 1]}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [{linear: 16}, {reshape: [1, 4, 4]}, tanh]}
      D: {input: x, layers: [flatten, {linear: 1}]}
    objective: hinge
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 4, threads: 1}

    """

  /// Eight pictures of 4x4 in the format of MNIST: magic number 2051, count, height, width, bytes.
  private func pictures(_ first: UInt8) -> Data {
    Data(
      [0, 0, 8, 3, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, 4]
        + (0..<128).map { $0 == 0 ? first : UInt8($0) })
  }

  @Test func changedPicturesAreNoticed() throws {
    let place = try Workplace(spec: Self.spec)
    let folder = place.file("pixels")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("train-images-idx3-ubyte")
    try pictures(0).write(to: file)
    let first = try place.run("spec.yaml")
    #expect(first.status == 0, "\(first.error)")
    try pictures(1).write(to: file)
    let refused = try place.run("resume", "runs/00000-pixels", "--steps", "6")
    #expect(refused.status == 2)
    #expect(refused.error.contains("the data of 'x' is not what the run has trained on"))
    #expect(refused.error.contains("put back the files"))
    try pictures(0).write(to: file)
    #expect(try place.run("resume", "runs/00000-pixels", "--steps", "6").status == 0)
  }
}
