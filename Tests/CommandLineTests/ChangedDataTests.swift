import Data
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

  /// A checkpoint of the first format, of an advas that shuffled an array.
  @Test func anOlderOrderIsNoticed() throws {
    let place = try Workplace(spec: Self.spec)
    let folder = place.file("pixels")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try pictures(0).write(to: folder.appendingPathComponent("train-images-idx3-ubyte"))
    #expect(try place.run("spec.yaml").status == 0)
    let path = place.file("runs/00000-pixels/checkpoint-000004.safetensors").path
    var file = try SafetensorsFile(path: path)
    var digest = Digest()
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      digest.combine(name)
      digest.combine(tensor.bytes)
    }
    file.metadata["format"] = "advas checkpoint 1"
    file.metadata["order"] = nil
    file.metadata["digest"] = digest.text
    try file.write(to: path)
    let refused = try place.run("resume", "runs/00000-pixels", "--steps", "6")
    #expect(refused.status == 2)
    #expect(refused.error.contains("an advas that showed samples in another order"))
    #expect(try place.run("sample", "runs/00000-pixels", "-n", "2", "-o", "a.npz").status == 0)
  }

  /// Rows are made by the table, which must be the run's; numbers need none.
  @Test func rowsOfAnotherTableAreRefused() throws {
    let place = try Workplace(
      spec: """
        spec: 1
        name: table
        data: {x: {type: table, path: x.csv, shape: [2], batch: 2}}
        latent: {z: {shape: [2]}}
        networks:
          G: {input: z, layers: [linear: 2]}
          D: {input: x, layers: [linear: 1]}
        objective: hinge
        optimizer: {type: adam, lr: 1e-3}
        train: {total: 2, threads: 1}

        """)
    let table = place.file("x.csv")
    try Data("a,b\n1,2\n3,4\n".utf8).write(to: table)
    #expect(try place.run("spec.yaml").status == 0)
    let run = "runs/00000-table"
    #expect(try place.run("sample", run, "-n", "3", "-o", "a.csv").status == 0)
    try Data("b,c\n1,2\n3,5\n".utf8).write(to: table)
    let refused = try place.run("sample", run, "-n", "3", "-o", "b.csv")
    #expect(refused.status == 2)
    #expect(refused.error.contains("the data of 'x' is not what the run has trained on"))
    #expect(try place.run("sample", run, "-n", "3", "-o", "b.npz").status == 0)
  }

  /// Sets that are read while they train, or of which only some samples are taken.
  @Test(arguments: ["cache: none", "cache: disk", "limit: 4", "limit: 4, cache: none"])
  func changedBytesAreNoticed(view: String) throws {
    let keys = "type: raw, path: pixels.bin, shape: [1, 4, 4], batch: 4, range: [-1, 1], \(view)"
    let place = try Workplace(
      spec: Self.spec.replacing(/type: idx.*\]\}\}/, with: "\(keys)}}"))
    let file = place.file("pixels.bin")
    try pictures(0).dropFirst(16).write(to: file)
    let first = try place.runCached("spec.yaml")
    #expect(first.status == 0, "\(first.error)")
    try pictures(1).dropFirst(16).write(to: file)
    let refused = try place.runCached("resume", "runs/00000-pixels", "--steps", "6")
    #expect(refused.status == 2)
    #expect(refused.error.contains("the data of 'x' is not what the run has trained on"))
    // Another time of writing, the same bytes.
    try pictures(0).dropFirst(16).write(to: file)
    #expect(try place.runCached("resume", "runs/00000-pixels", "--steps", "6").status == 0)
  }
}

extension Workplace {
  /// Runs `advas-run` here, with caches that vanish with the place.
  fileprivate func runCached(_ arguments: String...) throws -> Command.Output {
    let command = ["XDG_CACHE_HOME=\(file("cache").path)", Command.url("advas-run").path]
    return try Command.run(URL(filePath: "/usr/bin/env"), command + arguments, in: folder)
  }
}
