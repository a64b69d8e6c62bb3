import Foundation
import Testing

/// No command writes over what it reads, by whatever name that is given.
@Suite struct InputFileTests {
  private static let run = "runs/00000-small-ring"

  private func trained() throws -> Workplace {
    let place = try Workplace()
    #expect(try place.run("spec.yaml", "--steps", "10").status == 0)
    try "include: spec.yaml\n".write(
      to: place.file("top.yaml"), atomically: true, encoding: .utf8)
    #expect(try place.run("record", "spec.yaml", "a.safetensors").status == 0)
    return place
  }

  private static let checkpoint = "\(run)/checkpoint-000010.safetensors"

  @Test(arguments: [
    (["record", "spec.yaml", "spec.yaml"], "spec.yaml"),
    (["record", "top.yaml", "./spec.yaml"], "spec.yaml"),
    (["autotune", "top.yaml", "spec.yaml"], "spec.yaml"),
    (["profile", "spec.yaml", "--rounds", "1", "--out", "spec.yaml"], "spec.yaml"),
    (["profile", "spec.yaml", "--rounds", "1", "--trace", "spec.yaml"], "spec.yaml"),
    (["replay", "spec.yaml", "a.safetensors", "--record", "a.safetensors"], "a.safetensors"),
    (["export", run, "-o", checkpoint], checkpoint),
    (["report", run, "-o", "\(run)/spec.yaml"], "\(run)/spec.yaml"),
    (["report", run, "-o", "\(run)/metrics.jsonl"], "\(run)/metrics.jsonl"),
  ])
  func whatIsReadStays(arguments: [String], file: String) throws {
    let place = try trained()
    let before = try place.bytes(file)
    let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
    #expect(result.status == 2, "\(result.error)")
    #expect(result.error.contains("this command reads it\n"), "\(result.error)")
    #expect(try place.bytes(file) == before)
  }

  @Test func dataIsNotPackedOverItself() throws {
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
    try "a,b\n1,2\n3,4\n".write(to: place.file("x.csv"), atomically: true, encoding: .utf8)
    let result = try place.run("pack", "spec.yaml", "x.csv")
    #expect(result.status == 2 && result.error.contains("this command reads it"), "\(result.error)")
    #expect(try place.lines("x.csv") == ["a,b", "1,2", "3,4"])
    #expect(try place.run("pack", "spec.yaml", "y.safetensors").status == 0)
    let packed = try place.run("pack", "spec.yaml", "y, {z.safetensors")
    #expect(packed.output.contains("path: \"y, {z.safetensors\", "), "\(packed.output)")
  }

  /// What was being written when a signal came is gone, and so is what a process left that was killed.
  @Test func anInterruptedSampleLeavesNothing() throws {
    let place = try trained()
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: place.folder.path))
    let leftover = place.file(".s.npz.999999-0.tmp")
    try Data(count: 100).write(to: leftover)
    let running = try Running(
      Command.url("advas-run"), ["sample", Self.run, "-n", "1000000000", "-o", "s.npz"],
      in: place.folder)
    #expect(
      running.waits {
        let found = try? FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        return (found ?? []).contains { $0.hasPrefix(".s.npz") && $0 != ".s.npz.999999-0.tmp" }
      })
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(result.error == "error: interrupted: 's.npz' is not written\n")
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: place.folder.path)) == names)
  }
}
