import Data
import Foundation
import Testing

/// What is printed is printed, or the exit code says that it is not.
@Suite struct OutputTests {
  private func shell(_ script: String, _ place: Workplace) throws -> Command.Output {
    try Command.run(URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
  }

  @Test(arguments: [
    "advas-run config spec.yaml", "advas-run check spec.yaml", "advas-run --help",
    "advas-run list objectives", "advas-run explain advas", "advas-run schema",
    "advas-run benchmark spec.yaml --rounds 1", "advas-run spec.yaml --steps 2",
    "advas-graph --dump spec.yaml", "advas-graph --stats spec.yaml", "advas-graph --help",
  ])
  func lostOutputIsAFailure(command: String) throws {
    let place = try Workplace()
    let path = Command.folder.path
    let result = try shell("'\(path)'/\(command) > /dev/full", place)
    #expect(result.status == 1, "\(result.error)")
    #expect(result.error.contains("error: cannot write to standard output: No space left"))
    #expect(try shell("'\(path)'/\(command) | head -c 1 > /dev/null", place).status == 0)
  }

  /// Training itself does not need anybody to read what it prints.
  @Test func aRunWhoseOutputIsLostIsWhole() throws {
    let place = try Workplace()
    let path = Command.url("advas-run").path
    #expect(try shell("'\(path)' spec.yaml > /dev/full", place).status == 1)
    let last = place.file("runs/00000-small-ring/checkpoint-000020.safetensors")
    #expect(FileManager.default.fileExists(atPath: last.path))
  }

  @Test func anEmptyRecordIsRefused() throws {
    let place = try Workplace()
    try Data().write(to: place.file("none"))
    try SafetensorsFile(metadata: ["format": "advas record 1"]).write(
      to: place.file("empty").path)
    let loss = TensorData(doubles: [1], shape: [])
    try SafetensorsFile(tensors: ["scalars/generator/0/loss": loss]).write(
      to: place.file("outcomes").path)
    for name in ["none", "empty", "outcomes"] {
      let result = try place.run("replay", "spec.yaml", name)
      #expect(result.status == 2, "\(name)")
      #expect(result.error.contains("'\(name)'"))
    }
  }
}
