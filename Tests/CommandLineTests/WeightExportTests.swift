import Foundation
import Testing

@testable import Data

/// `export RUN -o weights.safetensors`, and `from` that reads it.
@Suite struct WeightExportTests {
  private static let run = "runs/00000-small-ring"
  private static let spec = Workplace.ring + "ema: {G: {decay: 0.5}}\n"

  private func trained() throws -> Workplace {
    let place = try Workplace(spec: Self.spec)
    let result = try place.run("spec.yaml", "--steps", "10")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  private func tensors(_ name: String, in place: Workplace) throws -> [String: TensorData] {
    try SafetensorsFile(path: place.file(name).path).tensors
  }

  @Test func weightsAreThoseOfTheCheckpoint() throws {
    let place = try trained()
    let checkpoint = try tensors("\(Self.run)/checkpoint-000010.safetensors", in: place)
    let all = try place.run("export", Self.run, "-o", "all.safetensors", "--weights", "current")
    #expect(all.status == 0, "\(all.error)")
    #expect(
      all.output
        == "211 numbers of 12 tensors of G, D after round 10: all.safetensors\n")
    let current = checkpoint.filter { $0.key.hasPrefix("G.") || $0.key.hasPrefix("D.") }
    #expect(try tensors("all.safetensors", in: place) == current)
    // Samples are those of the average, which G alone has, and whose statistics are G's own.
    let one = try place.run("export", Self.run, "-o", "g.safetensors", "--network", "G")
    #expect(one.output.contains("of G, averaged, after round 10: "), "\(one.error)")
    let own = checkpoint.filter { $0.key.hasPrefix("G.") }
    let expected = Dictionary(
      uniqueKeysWithValues: own.map { name, tensor in
        (String(name.dropFirst(2)), checkpoint["ema/" + name] ?? tensor)
      })
    let found = try tensors("g.safetensors", in: place)
    #expect(found == expected)
    #expect(found["0.weight"] != checkpoint["G.0.weight"])
    #expect(found["1.running_mean"] == checkpoint["G.1.running_mean"])
  }

  /// Standing statistics are those of the weights that samples have, here of the average.
  @Test func statisticsAreThoseOfTheWeights() throws {
    let place = try Workplace(spec: Self.spec)
    let setting = "samples.statistics=standing"
    let trained = try place.run("spec.yaml", "--steps", "10", "--set", setting)
    #expect(trained.status == 0, "\(trained.error)")
    let checkpoint = try tensors("\(Self.run)/checkpoint-000010.safetensors", in: place)
    for choice in ["current", "average"] {
      let result = try place.run("export", Self.run, "-o", "g.safetensors", "--weights", choice)
      #expect(result.status == 0, "\(result.error)")
      let found = try tensors("g.safetensors", in: place)["G.1.running_mean"]
      let isRunning = found == checkpoint["G.1.running_mean"]
      #expect(found != nil && isRunning == (choice == "current"))
    }
  }

  /// A run of the exported weights begins where the other stood.
  @Test func exportedWeightsAreReadAgain() throws {
    let place = try trained()
    #expect(try place.run("export", Self.run, "-o", "g.safetensors", "--network", "G").status == 0)
    let settings = ["--set", "networks.G.from=g.safetensors", "--set", "optimizer.lr=1e-30"]
    let result = try Command.run(
      Command.url("advas-run"), ["spec.yaml", "--steps", "1"] + settings, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let next = "runs/00001-small-ring"
    #expect(try place.run("export", next, "-o", "h.safetensors", "--network", "G").status == 0)
    let (before, after) = (
      try tensors("g.safetensors", in: place), try tensors("h.safetensors", in: place)
    )
    for (name, tensor) in before where !name.contains("running") { #expect(after[name] == tensor) }
    // A checkpoint has all weights: the file is not asked for again.
    try FileManager.default.removeItem(at: place.file("g.safetensors"))
    let resumed = try place.run("resume", next, "--steps", "2")
    #expect(resumed.status == 0, "\(resumed.error)")
    let check = try place.run("check", "spec.yaml", "--set", "networks.G.from=g.safetensors")
    #expect(check.status == 2 && check.error.contains("g.safetensors"), "\(check.error)")
  }

  @Test(arguments: [
    (["-o", "x.txt"], 64), (["-o", "x.csv", "--network", "G"], 64), (["--weights", "average"], 64),
    (["-o", "x.safetensors", "--network", "H"], 2), (["-o", "nowhere/x.safetensors"], 2),
  ])
  func whatCannotBeIsSaid(arguments: [String], status: Int) throws {
    let place = try trained()
    let result = try Command.run(
      Command.url("advas-run"), ["export", Self.run] + arguments, in: place.folder)
    #expect(Int(result.status) == status, "\(result.output)\(result.error)")
    let plain = try Workplace(spec: Workplace.ring)
    #expect(try plain.run("spec.yaml", "--steps", "1").status == 0)
    let none = try plain.run("export", Self.run, "-o", "x.safetensors", "--weights", "average")
    #expect(none.status == 2 && none.error.contains("keeps no averages"), "\(none.error)")
  }
}
