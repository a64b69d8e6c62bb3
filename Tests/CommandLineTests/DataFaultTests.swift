import Foundation
import Testing

/// Data that breaks before or while it is trained on: one line says what, and nothing is lost.
@Suite struct DataFaultTests {
  private static func spec(_ keys: String, total: Int = 8) -> String {
    """
    spec: 1
    name: pixels
    data: {x: {path: pixels, batch: 4, shape: [1, 4, 4], \(keys)}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [{linear: 16}, {reshape: [1, 4, 4]}, sigmoid]}
      D: {input: x, layers: [flatten, {linear: 1}]}
    objective: hinge
    optimizer: {type: adam, lr: 1e-3}
    train: {total: \(total), threads: 1}
    samples: {every: 1000000}

    """
  }

  private func shell(_ place: Workplace, _ script: String) throws -> Command.Output {
    let command = ["XDG_CACHE_HOME=\(place.file("cache").path)", "/bin/bash", "-c", script]
    return try Command.run(URL(filePath: "/usr/bin/env"), command, in: place.folder)
  }

  /// A disk that is full, or a file that may not grow: a mebibyte of samples against half of one.
  @Test func aCacheThatDoesNotFit() throws {
    let place = try Workplace(spec: Self.spec("type: raw, cache: disk"))
    try Data(count: 1 << 20).write(to: place.file("pixels"))
    let run = Command.url("advas-run").path
    let full = try shell(place, "ulimit -f 512; exec '\(run)' spec.yaml")
    #expect(full.status == 1, "\(full.error)")
    #expect(full.error.contains("the file would exceed the size limit"))
    let samples = place.file("cache/advas/samples").path
    #expect(try FileManager.default.contentsOfDirectory(atPath: samples) == [])
    #expect(try shell(place, "exec '\(run)' spec.yaml").status == 0)
  }

  @Test(
    .enabled(
      if: Command.asAnotherUser != nil, "root reads all, and no other user can run the commands"))
  func aFolderThatMayNotBeRead() throws {
    let place = try Workplace(spec: Self.spec("type: images"))
    let folder = place.file("pixels/hidden")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.path)
    let command = (Command.asAnotherUser ?? []) + [Command.url("advas-run").path, "spec.yaml"]
    let result = try Command.run(URL(filePath: "/usr/bin/env"), command, in: place.folder)
    #expect(result.status == 2)
    #expect(
      result.error.contains("cannot read") && result.error.contains("/hidden': permission denied"),
      "\(result.error)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
  }

  /// What is read while it trains ends the run at the round that misses it, and the run goes on when it is back.
  @Test func aFileThatIsCutWhileItTrains() throws {
    let place = try Workplace(spec: Self.spec("type: raw, cache: none", total: 1_000_000))
    let file = place.file("pixels")
    let bytes = Data((0..<4096).map { UInt8($0 % 251) })
    try bytes.write(to: file)
    let command = ["XDG_CACHE_HOME=\(place.file("cache").path)", Command.url("advas-run").path]
    let running = try Running(
      URL(filePath: "/usr/bin/env"), command + ["spec.yaml"], in: place.folder)
    #expect(running.waits(for: "round 1/"))
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 100)
    let cut = try running.finish()
    #expect(cut.status == 2, "\(cut.error)")
    #expect(cut.error.contains("pixels' is truncated"), "\(cut.error)")
    let saved = try #require(cut.error.firstMatch(of: /checkpoint-(\d+)\.safetensors/)?.output.1)
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: bytes)
    try handle.close()
    let steps = "\((Int(saved) ?? 0) + 3)"
    let again = try shell(
      place, "exec '\(command[1])' resume runs/00000-pixels --steps \(steps)")
    #expect(again.status == 0, "\(again.error)")
  }

  private static let arrays = "type: hdf5, batch: 4, shape: [3, 5, 4]"
  private static let unreadable = "cannot be unpacked: incorrect header check"

  /// The game on such `data`, beside a file of four samples and a copy of it that opens and cannot be read.
  private func hdf5(_ data: String) throws -> Workplace {
    let line = "x: {path: pixels, batch: 4, shape: [1, 4, 4], type: hdf5}"
    let place = try Workplace(
      spec: Self.spec("type: hdf5").replacing(line, with: data)
        .replacing("[1, 4, 4]", with: "[3, 5, 4]").replacing("linear: 16", with: "linear: 60"))
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../DataTests/Files/formats/biggan.h5")
    var bytes = Array(try Data(contentsOf: file))
    try Data(bytes).write(to: place.file("sound.h5"))
    // Within the array.
    for i in 5000..<5200 { bytes[i] ^= 0x55 }
    try Data(bytes).write(to: place.file("broken.h5"))
    return place
  }

  /// The library keeps an error stack for each thread, and prints each unless it is told not to: one message says enough.
  @Test func damagedHDF5IsSaidOnce() throws {
    let place = try hdf5("x: {path: broken.h5, \(Self.arrays)}")
    // Which threads read is not certain.
    for _ in 0..<4 {
      let result = try place.run("data", "spec.yaml")
      #expect(result.status == 2)
      #expect(result.error.contains(Self.unreadable), "\(result.error)")
      #expect(!result.error.contains("HDF5-DIAG"))
    }
  }

  @Test(arguments: [
    "spec.yaml", "gradcheck spec.yaml", "passcheck spec.yaml", "profile spec.yaml --rounds 1",
    "benchmark spec.yaml", "record spec.yaml r.safetensors",
  ])
  func aStepThatCannotReadItsSamples(arguments: String) throws {
    let place = try hdf5("x: {path: broken.h5, cache: none, \(Self.arrays)}")
    let result = try Command.run(
      Command.url("advas-run"), arguments.split(separator: " ").map(String.init), in: place.folder)
    #expect(result.status == 2, "\(result.error)")
    #expect(result.error.contains(Self.unreadable), "\(result.error)")
  }

  private static let pair =
    "x: {path: sound.h5, \(arrays)}, y: {path: other.h5, cache: none, \(arrays)}"

  /// What a metric alone reads: of a run, and of the checkpoint of one without the metric.
  @Test func aFigureOfSamplesThatCannotBeRead() throws {
    let metrics = "metrics=[{name: score, value: mean(D(y)), samples: 4, every: 1}]"
    let place = try hdf5(Self.pair)
    try FileManager.default.copyItem(at: place.file("broken.h5"), to: place.file("other.h5"))
    let measured = try place.run("spec.yaml", "--set", metrics)
    #expect(measured.status == 2 && measured.error.contains(Self.unreadable), "\(measured.error)")
    #expect(measured.error.contains("checkpoint-000001.safetensors"), "\(measured.error)")
    let lines = try place.lines("runs/00000-pixels/metrics.jsonl")
    #expect(lines.allSatisfy { !$0.contains("\"metrics\"") }, "\(lines)")
    #expect(try place.run("spec.yaml").status == 0)
    let result = try place.run("evaluate", "runs/00001-pixels", "--set", metrics)
    #expect(result.status == 2 && result.output == "", "\(result.output)")
    #expect(result.error.contains(Self.unreadable), "\(result.error)")
  }

  /// Reals that metrics alone read: the run's picture, by its seed, shows none of those that are damaged.
  @Test func realsThatCannotBeReadHaveNoFigures() throws {
    let place = try hdf5(
      "y: {path: other.h5, cache: none, \(Self.arrays)}, x: {path: sound.h5, \(Self.arrays)}")
    var bytes = Array(try place.bytes("sound.h5"))
    // The last two of the four.
    for i in 5187..<5200 { bytes[i] ^= 0x55 }
    try Data(bytes).write(to: place.file("other.h5"))
    let metrics = "metrics=[{copies: {samples: 4}}, {fid: {samples: 4, groups: 2}}]"
    let result = try place.run(
      "spec.yaml", "--seed", "1", "--json", "--set", "samples.count=1", "--set", metrics)
    #expect(result.status == 0, "\(result.error)")
    let warning = try #require(result.error.range(of: "warning: reals cannot be measured: "))
    #expect(result.error[warning.upperBound...].contains(Self.unreadable), "\(result.error)")
    let lines = try place.lines("runs/00000-pixels/metrics.jsonl")
    #expect(lines.allSatisfy { !$0.contains("\"metrics\"") }, "\(lines)")
  }

  /// The samples of a run are made of data that is damaged afterwards.
  @Test func samplesOfSamplesThatCannotBeRead() throws {
    let place = try hdf5(Self.pair)
    let other = place.file("other.h5")
    try FileManager.default.copyItem(at: place.file("sound.h5"), to: other)
    let trained = try place.run("spec.yaml", "--set", "samples.value=G(z) - G(z) + y")
    #expect(trained.status == 0, "\(trained.error)")
    try FileManager.default.removeItem(at: other)
    try FileManager.default.copyItem(at: place.file("broken.h5"), to: other)
    let result = try place.run("sample", "runs/00000-pixels", "-n", "4", "-o", "a.npz")
    #expect(result.status == 2 && result.error.contains(Self.unreadable), "\(result.error)")
  }

  /// Reals that are all alike have no distances for a metric to go by; once is enough.
  @Test func equalRealsAreSaid() throws {
    let metrics = "metrics: [{rbf_mmd: {every: 4, samples: 16}}]\n"
    let place = try Workplace(spec: Self.spec("type: raw") + metrics)
    try Data(count: 512).write(to: place.file("pixels"))
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    let log = try place.lines("runs/00000-pixels/log.txt")
    let said = log.count { $0.contains("warning: rbf_mmd has no width") }
    #expect(said == 1, "\(log)")
    let read = try place.run("spec.yaml", "--json")
    #expect(read.error.contains("warning: rbf_mmd has no width"), "\(read.error)")
    #expect(!read.output.contains("no width"), "\(read.output)")
    let evaluated = try place.run("evaluate", "runs/00000-pixels")
    #expect(evaluated.status == 0)
    #expect(evaluated.error.contains("warning: rbf_mmd has no width"), "\(evaluated.error)")
    #expect(evaluated.output.contains("rbf_mmd"), "\(evaluated.output)")
  }

  /// In the middle of an epoch, and over its end: 32 samples are eight batches.
  @Test(arguments: ["cache: none", "cache: memory"])
  func threadsMayChangeWithinARun(view: String) throws {
    let place = try Workplace(spec: Self.spec("type: raw, \(view)", total: 20))
    try Data((0..<512).map { UInt8($0 * 7 % 251) }).write(to: place.file("pixels"))
    let run = Command.url("advas-run").path
    #expect(try shell(place, "exec '\(run)' spec.yaml").status == 0)
    let script = """
      '\(run)' spec.yaml --steps 3 --threads 2 && \
      '\(run)' resume runs/00001-pixels --steps 11 --threads 1 && \
      '\(run)' resume runs/00001-pixels --steps 20 --threads 4
      """
    let result = try shell(place, script)
    #expect(result.status == 0, "\(result.error)")
    let name = "checkpoint-000020.safetensors"
    #expect(
      try place.bytes("runs/00000-pixels/\(name)") == place.bytes("runs/00001-pixels/\(name)"))
  }
}
