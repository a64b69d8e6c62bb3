import Foundation
import Testing

@testable import Data

/// `sample RUN`: what is drawn, in which form, and what is said where that cannot be.
@Suite struct SampleTests {
  private static let run = "runs/00000-small-ring"

  private func trained(_ spec: String = Workplace.ring) throws -> Workplace {
    let place = try Workplace(spec: spec)
    let result = try place.run("spec.yaml", "--steps", "10")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  /// Pictures of 8 x 8 values by a generator that takes a class.
  private static let pictures = """
    spec: 1
    name: small ring
    data:
      x: {type: shapes, shape: [1, 8, 8], range: [-1, 1], batch: 8}
    latent:
      z: {shape: [3], distribution: normal}
      kind: {distribution: classes, of: 3}
    networks:
      G:
        input: [z, kind]
        layers:
          - concatenate: [z, kind]
          - linear: 64
          - tanh
          - reshape: [1, 8, 8]
      D: {input: x, layers: [flatten, linear: 1]}
    bind: {fake: "G(z, kind)"}
    objective: non_saturating
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 10 steps, threads: 1}
    samples: {count: 6}

    """

  /// An array of an archive, read as a data set would be.
  private func floats(_ name: String, _ array: String, in place: Workplace) throws -> (
    shape: [Int], values: [Float]
  ) {
    let raw = try NumpyFile.read(place.file(name).path, array: array, key: nil)
    switch raw.values {
    case .floats(let values): return (raw.shape, values)
    case .bytes(let bytes): return (raw.shape, bytes.map { Float($0) })
    }
  }

  @Test func theFirstOfMoreSamplesAreTheSame() throws {
    let place = try trained()
    for (count, name, threads) in [(100, "a", "1"), (100, "b", "2"), (300, "c", "1")] {
      let result = try place.run(
        "sample", Self.run, "-n", "\(count)", "-o", "\(name).npz", "--threads", threads)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.output == "\(count) samples of G after round 10, seed 0: \(name).npz\n")
    }
    #expect(try place.bytes("a.npz") == place.bytes("b.npz"))
    let few = try floats("a.npz", "samples", in: place)
    let many = try floats("c.npz", "samples", in: place)
    #expect(few.shape == [100, 2] && many.shape == [300, 2])
    #expect(Array(many.values.prefix(200)) == few.values)
    #expect(Set(many.values).count > 590)
    let other = try place.run("sample", Self.run, "-n", "100", "-o", "d.npz", "--seed", "1")
    #expect(other.output.contains("seed 1"))
    #expect(try floats("d.npz", "samples", in: place).values != few.values)
  }

  /// The option is named, and no --set that nobody wrote.
  @Test func threadsAreThoseOfTheOption() throws {
    let place = try trained()
    for words in [["sample", Self.run, "-n", "1", "-o", "x.npz"], ["evaluate", Self.run]] {
      let result = try Command.run(
        Command.url("advas-run"), words + ["--threads", "-1"], in: place.folder)
      #expect(result.status == 2)
      #expect(
        result.error.contains("<--threads>:1:15: error: 'threads' of 'train'"), "\(result.error)")
    }
  }

  /// The header as NumPy's format asks for it: version 1, values from a multiple of 64 on.
  @Test func anArchiveIsOneOfNumpy() throws {
    let place = try trained()
    #expect(try place.run("sample", Self.run, "-n", "5", "-o", "a.npz").status == 0)
    let archive = try ZipArchive(path: place.file("a.npz").path)
    #expect(archive.members.map(\.name) == ["samples.npy"])
    let bytes = try archive.bytes(of: archive.members[0])
    #expect(bytes.count == 128 + 5 * 2 * 4)
    #expect(bytes.prefix(10) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
    let header = String(decoding: bytes[10..<128], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 2), }  "))
    #expect(header.hasSuffix(" \n"))
  }

  @Test func anEarlierCheckpointIsNamed() throws {
    let place = try trained()
    #expect(try place.run("resume", Self.run, "--steps", "20").status == 0)
    let early = "checkpoint-000010.safetensors"
    let named = try place.run("sample", Self.run, "-n", "9", "-o", "a.npz", "--checkpoint", early)
    #expect(named.output.contains("after round 10"), "\(named.error)")
    #expect(try place.run("sample", "\(Self.run)/\(early)", "-n", "9", "-o", "b.npz").status == 0)
    #expect(try place.run("sample", Self.run, "-n", "9", "-o", "c.npz").output.contains("round 20"))
    #expect(try place.bytes("a.npz") == place.bytes("b.npz"))
    #expect(try place.bytes("a.npz") != place.bytes("c.npz"))
    let lost = try place.run("sample", Self.run, "-n", "9", "-o", "c.npz", "--checkpoint", "no.x")
    #expect(lost.status == 2)
    let double = try place.run(
      "sample", Self.run, "-n", "9", "-o", "c.npz", "--precision", "float64")
    #expect(double.error.contains("add --precision float32"), "\(double.error)")
    #expect(
      lost.error.contains("there is no 'no.x' in the run's folder, '\(Self.run)'"), "\(lost.error)")
  }

  @Test func classesGoAlong() throws {
    let place = try trained(Self.pictures)
    #expect(try place.run("sample", Self.run, "-n", "8", "-o", "a.npz").status == 0)
    #expect(try floats("a.npz", "classes", in: place).values == [0, 1, 2, 0, 1, 2, 0, 1])
    #expect(try floats("a.npz", "samples", in: place).shape == [8, 1, 8, 8])
    let one = try place.run("sample", Self.run, "-n", "8", "-o", "b.npz", "--class", "2")
    #expect(one.status == 0, "\(one.error)")
    #expect(try floats("b.npz", "classes", in: place).values == [Float](repeating: 2, count: 8))
    let (all, twos) = (
      try floats("a.npz", "samples", in: place).values,
      try floats("b.npz", "samples", in: place).values
    )
    // Samples 2 and 5 are of class 2 in both.
    for index in 0..<8 {
      let range = (64 * index)..<(64 * index + 64)
      #expect((all[range] == twos[range]) == (index % 3 == 2))
    }
    let none = try place.run("sample", Self.run, "-n", "8", "-o", "c.npz", "--class", "3")
    #expect(none.status == 2)
    #expect(none.error == "error: there is no class 3\n  classes are 0...2\n")
  }

  /// A generator that takes labels of the data, which come as the data has them.
  @Test func aClassOfTheDatasLabelsIsChosen() throws {
    let labelled = Self.pictures
      .replacing("batch: 8}", with: "batch: 8, labels: kind}")
      .replacing("  kind: {distribution: classes, of: 3}\n", with: "")
    let place = try trained(labelled)
    var samples: [[Float]] = []
    for chosen in [0, 3] {
      let one = try place.run("sample", Self.run, "-n", "8", "-o", "a.npz", "--class", "\(chosen)")
      #expect(one.status == 0, "\(one.error)")
      let classes = try floats("a.npz", "classes", in: place).values
      #expect(classes == [Float](repeating: Float(chosen), count: 8))
      samples.append(try floats("a.npz", "samples", in: place).values)
    }
    #expect(samples[0] != samples[1])
    let none = try place.run("sample", Self.run, "-n", "8", "-o", "b.npz", "--class", "4")
    #expect(none.error == "error: there is no class 4\n  classes are 0...3\n")
  }

  @Test func aFolderIsASetOfPictures() throws {
    let place = try trained(Self.pictures)
    #expect(try place.run("sample", Self.run, "-n", "8", "-o", "fakes").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.file("fakes").path)
    #expect(names.sorted() == (0..<8).map { "00000\($0).png" } + ["dataset.json"])
    #expect(
      try place.lines("fakes/dataset.json")[0].hasPrefix(
        "{\"labels\":[[\"000000.png\",0],[\"000001.png\",1]"))
    let image = try PictureDecoder.decode(Array(place.bytes("fakes/000007.png")))
    #expect(image.width == 8 && image.height == 8 && image.channels == 1)
    #expect(try place.run("sample", Self.run, "-n", "8", "-o", "a.npz").status == 0)
    // The range of the data is black to white.
    let values = try floats("a.npz", "samples", in: place).values.suffix(64)
    #expect(image.pixels == values.map { UInt8(min(255, max(0, ($0 + 1) * 127.5 + 0.5))) })
    let set = "{type: images, path: fakes, shape: [1, 8, 8], classes: 3, batch: 8}"
    let reads = Self.pictures.replacing(
      "{type: shapes, shape: [1, 8, 8], range: [-1, 1], batch: 8}", with: set)
    try reads.write(to: place.file("reads.yaml"), atomically: true, encoding: .utf8)
    let read = try place.run("data", "reads.yaml")
    #expect(read.output.contains("  8 samples of [1, 8, 8], bytes\n"), "\(read.error)")
    let again = try place.run("sample", Self.run, "-n", "8", "-o", "fakes")
    #expect(again.status == 2)
    let noFolder = try place.run("sample", Self.run, "-n", "8", "-o", "spec.yaml/fakes")
    #expect(noFolder.status == 2)
    #expect(noFolder.error.contains("cannot write into 'spec.yaml'"), "\(noFolder.error)")
    #expect(again.error.contains("error: the folder 'fakes' is not empty: it holds '000000.png'"))
  }

  /// With as many samples as the run's pictures have, the same picture.
  @Test func aPictureIsLikeThoseOfTheRun() throws {
    let ring = Workplace.ring.replacing("samples: {every: 10}", with: "samples: {count: 50}")
    for (spec, count) in [(Self.pictures, 6), (ring, 50)] {
      let place = try trained(spec)
      let result = try place.run("sample", Self.run, "-n", "\(count)", "-o", "a.png")
      #expect(result.status == 0, "\(result.error)")
      #expect(try place.bytes("a.png") == place.bytes("\(Self.run)/fakes000010.png"))
    }
  }

  @Test(arguments: [
    (["-n", "8", "-o", "fakes"], "samples of shape [2] are no pictures"),
    (["-n", "8", "-o", "a.npy"], "samples are not written as '.npy'"),
    (["-n", "8", "-o", "nowhere/a.npz"], "cannot write 'nowhere/a.npz'"),
    (["-n", "8", "-o", "spec.yaml/a.npz"], "cannot write 'spec.yaml/a.npz'"),
    (["-n", "8", "-o", "a.npz", "--class", "0"], "what the run samples takes no class"),
  ])
  func whatCannotBeIsSaid(arguments: [String], message: String) throws {
    let place = try trained()
    let result = try Command.run(
      Command.url("advas-run"), ["sample", Self.run] + arguments, in: place.folder)
    #expect(result.status == 2, "\(result.error)")
    #expect(result.error.hasPrefix("error: "))
    #expect(result.error.contains(message), "\(result.error)")
    #expect(result.error.components(separatedBy: "error: ").count == 2)
    #expect(!FileManager.default.fileExists(atPath: place.file("a.npz").path))
    let other = try place.run("sample", "nowhere", "-n", "8", "-o", "a.npz")
    #expect(other.status == 2 && other.error.contains("is not the folder of a run"))
    #expect(try place.run("sample", Self.run, "-n", "0", "-o", "a.npz").status == 64)
  }

  @Test func aFullDiskLeavesNothing() throws {
    let place = try trained()
    let run = Command.url("advas-run").path
    let result = try Command.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "ulimit -f 8; exec '\(run)' sample \(Self.run) -n 5000 -o a.npz"], in: place.folder)
    #expect(result.status == 1)
    #expect(result.error.contains("cannot write 'a.npz'"), "\(result.error)")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
    #expect(names.sorted() == ["runs", "spec.yaml"])
  }
}
