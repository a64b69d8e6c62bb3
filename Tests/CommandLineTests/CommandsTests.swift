import Foundation
import Testing

/// Which command a call is, and what is said where it is none.
@Suite struct CommandsTests {
  @Test(arguments: [
    ("--dry-run", "check SPEC"), ("--gradcheck", "gradcheck SPEC"),
    ("--print-config", "config SPEC"), ("--list-runs", "runs SPEC"),
    ("--record=r.safetensors", "record SPEC FILE"), ("--benchmark", "benchmark SPEC"),
  ])
  func aFormerFlagNamesItsCommand(flag: String, command: String) throws {
    let place = try Workplace()
    for arguments in [["spec.yaml", flag], [flag, "spec.yaml"], ["train", "spec.yaml", flag]] {
      let result = try Command.run(Command.url("advas-run"), arguments, in: place.folder)
      #expect(result.status == 2)
      #expect(result.error.contains("is a command of its own"))
      #expect(result.error.contains("write: advas-run \(command)"), "\(result.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  @Test func aSpecThatIsCalledLikeACommandNeedsItsFolder() throws {
    let place = try Workplace()
    try FileManager.default.moveItem(at: place.spec, to: place.file("check"))
    #expect(try place.run("check").status == 64)
    #expect(try place.run("./check", "--steps", "1").status == 0)
    #expect(try place.run("check", "check").output.contains("FLOP per round"))
  }

  @Test func aMisspeltCommandIsNamed() throws {
    let place = try Workplace()
    let result = try place.run("chekc", "spec.yaml")
    #expect(result.status == 2)
    #expect(result.error.contains("did you mean 'check'?"), "\(result.error)")
    #expect(try place.run("nowhere").error.contains("there is no file 'nowhere'"))
  }

  @Test func everyCommandHasItsOwnHelp() throws {
    let place = try Workplace()
    let whole = try place.run("--help").output
    for command in [
      "resume", "evaluate", "sample", "check", "config", "runs", "gradcheck", "passcheck", "record",
      "replay",
      "profile", "benchmark", "autotune", "compare", "report", "list", "explain", "schema",
      "reference", "data", "pack",
    ] {
      #expect(whole.contains("\n  \(command) "), "\(command)")
      let help = try place.run(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: advas-run \(command)"), "\(help.output)")
    }
  }

  @Test func warningsAreSaidOnce() throws {
    let penalty = "  - wgan_gp: {weight: 10, every: 2}\n"
    let warned = Workplace.ring.replacingOccurrences(of: penalty, with: "")
    for sweep in ["", "sweep: {seed: [0, 1]}\n"] {
      let place = try Workplace(spec: warned + sweep)
      for command in ["train", "check"] {
        let result = try place.run(command, "spec.yaml", "--steps", "1")
        #expect(result.status == 0, "\(result.error)")
        let count = result.error.components(separatedBy: "warning: ").count - 1
        #expect(count == 1, "\(command): \(result.error)")
      }
    }
  }

  /// The second run of a sweep is the spec as it was when the first began.
  @Test func aSpecThatChangesMeanwhileIsNotReadAgain() throws {
    let place = try Workplace(spec: Workplace.ring + "sweep: {seed: [0, 1]}\n")
    let running = try Running(
      Command.url("advas-run"), ["spec.yaml", "--set", "train.total=300"], in: place.folder)
    #expect(running.waits(for: "run 0"))
    try "no spec".write(to: place.spec, atomically: true, encoding: .utf8)
    let result = try running.finish()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("run 1 (2 of 2)"))
  }
}
