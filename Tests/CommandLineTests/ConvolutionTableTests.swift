import Foundation
import Testing

/// `autotune` and `--convolution-table`, and what of them is in the record of a run.
@Suite struct ConvolutionTableTests {
  private static let run = "runs/00000-small-images"

  /// Points as images of 8x8 pixels, so that no data is needed.
  private static let images = """
    spec: 1
    name: small images
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 16}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [linear: 2]}
      D:
        input: x
        layers:
          - linear: 2048
          - reshape: [32, 8, 8]
          - conv: {out: 32, kernel: 4, stride: 2, padding: 1}
          - leaky_relu: 0.2
          - flatten
          - linear: 1
    objective: wgan
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 4, threads: 1}
    checkpoint: {every: 2, keep: 2}

    """

  @Test func aDamagedTableEndsAtItsLine() throws {
    let place = try Workplace()
    try "any any any patches\nany any any pathces\n".write(
      to: place.file("mine.table"), atomically: true, encoding: .utf8)
    let result = try place.run("spec.yaml", "--convolution-table", "mine.table")
    #expect(result.status == 2)
    #expect(result.error.contains("mine.table:2:13: error: unknown kernel 'pathces'"))
    #expect(result.error.contains("did you mean 'patches'?"))
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
    #expect(try place.run("spec.yaml", "--convolution-table", "none.table").status == 2)
    let folder = try place.run("spec.yaml", "--convolution-table", ".")
    #expect(folder.error.contains("'.' is a folder, but a table is a file"))
    #expect(!folder.error.contains(".yaml file"))
  }

  /// Autotuning tries kernels that the table in use does not name, but none that the spec forbids.
  @Test func autotuningTriesEveryKernel() throws {
    let place = try Workplace(spec: Self.images)
    try "any any any patches\n".write(
      to: place.file("few.table"), atomically: true, encoding: .utf8)
    #expect(
      try place.run(
        "autotune", "spec.yaml", "fast.table", "--convolution-table", "few.table"
      ).status == 0)
    #expect(try place.lines("fast.table").contains { $0.contains(#/#.* winograd [0-9]/#) })
    #expect(
      try place.run(
        "autotune", "spec.yaml", "direct.table", "--set", "train.convolutions=direct"
      ).status == 0)
    let direct = try place.lines("direct.table")
    #expect(direct.contains { $0.contains(#/#.* patches [0-9]/#) })
    #expect(!direct.contains { $0.contains("winograd ") })
  }

  /// Nothing is measured, and nothing trained, for a file that cannot be written.
  @Test(arguments: ["autotune", "record"]) func targetsAreTriedFirst(command: String) throws {
    let place = try Workplace(spec: Self.images)
    mkfifo(place.file("pipe").path, 0o600)
    // The spec is read after the target is tried.
    for (target, reason) in [
      ("pipe", "it is not a regular file"), ("nowhere/t", "no such file"),
      (".", "cannot write '.'"),
    ] {
      let result = try place.run(command, "missing.yaml", target)
      #expect(result.status == 2, "\(target)")
      #expect(result.error.contains(reason), "\(result.error)")
    }
    #expect(
      try FileManager.default.attributesOfItem(atPath: place.file("pipe").path)[.type]
        as? FileAttributeType != .typeRegular)
  }

  @Test func aRunOnDirectKernelsKeepsATable() throws {
    let place = try Workplace(spec: Self.images)
    try "any any any winograd\n".write(
      to: place.file("w.table"), atomically: true, encoding: .utf8)
    let run = try place.run(
      "spec.yaml", "--convolution-table", "w.table", "--set", "train.convolutions=direct",
      "--steps", "2")
    #expect(run.status == 0, "\(run.error)")
    let resumed = try place.run("resume", Self.run, "--steps", "4")
    #expect(resumed.status == 0, "\(resumed.error)")
  }

  @Test func autotuningWritesATableThatRunsUse() throws {
    let place = try Workplace(spec: Self.images)
    let tuning = try place.run("autotune", "spec.yaml", "mine.table")
    #expect(tuning.status == 0, "\(tuning.error)")
    let digest = try #require(tuning.output.firstMatch(of: #/table ([0-9a-f]{16}) written/#)?.1)
    #expect(try place.lines("mine.table").contains { $0.contains(" 1 forward batch=16 in=32") })
    let training = try place.run("spec.yaml", "--convolution-table", "mine.table")
    #expect(training.status == 0, "\(training.error)")
    let log = try place.lines("\(Self.run)/log.txt")
    #expect(log.contains("kernels of convolutions: table \(digest)"))
  }

  /// A run goes on with the table that it began with, whatever is shipped or asked for now.
  @Test func aResumedRunKeepsItsTable() throws {
    let (whole, place) = (try Workplace(spec: Self.images), try Workplace(spec: Self.images))
    for folder in [whole, place] {
      try "any any any in>1 patches\nany any any product\n".write(
        to: folder.file("mine.table"), atomically: true, encoding: .utf8)
    }
    let table = ["--convolution-table", "mine.table"]
    #expect(try whole.run("spec.yaml", table[0], table[1]).status == 0)
    #expect(try place.run("spec.yaml", table[0], table[1], "--steps", "2").status == 0)
    #expect(try place.run("resume", Self.run, "--steps", "4").status == 0)
    let last = "\(Self.run)/checkpoint-000004.safetensors"
    #expect(try whole.bytes(last) == place.bytes(last))
    let shipped = try Workplace(spec: Self.images)
    #expect(try shipped.run("spec.yaml").status == 0)
    #expect(try shipped.bytes(last) != place.bytes(last))

    let kept = place.file("\(Self.run)/convolutions.table")
    #expect(try String(contentsOf: kept, encoding: .utf8).hasPrefix("any any any in>1 patches\n"))
    try "any any any patches\n".write(to: kept, atomically: true, encoding: .utf8)
    let other = try place.run("resume", Self.run, "--steps", "6")
    #expect(other.status == 2)
    #expect(other.error.contains("was written with another table of kernels"))
    try "any any\n".write(to: kept, atomically: true, encoding: .utf8)
    let damaged = try place.run("resume", Self.run, "--steps", "6")
    #expect(damaged.status == 2)
    #expect(damaged.error.contains("convolutions.table:1:1: error: a line has"))
  }
}
