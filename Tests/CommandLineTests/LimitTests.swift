import Foundation
import Testing

/// What the machine cannot give ends in a line, never in a wait.
@Suite struct LimitTests {
  private static let emulator = "/usr/bin/qemu-x86_64"

  /// Without room for threads of its own a run does with what it has, or says what it lacks.
  @Test(arguments: [150_000, 200_000, 300_000, 400_000, 600_000, 1_000_000])
  func littleAddressSpace(kilobytes: Int) throws {
    let place = try Workplace()
    let run = Command.url("advas-run").path
    let script = "ulimit -v \(kilobytes); exec timeout 60 '\(run)' spec.yaml --steps 2"
    let result = try Command.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
    // 124: a time-out. 127: the system could not even load the libraries.
    #expect([0, 1, 2, 127].contains(result.status), "\(result.status) \(result.error)")
    #expect(result.status == 0 || !result.error.isEmpty)
  }

  /// An Opteron of 2003 has SSE2 and SSE3, and not SSSE3.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: emulator)))
  func aProcessorThatIsTooOldIsNamed() throws {
    for tool in ["advas-run", "advas-graph"] {
      let result = try Command.run(
        URL(fileURLWithPath: Self.emulator),
        ["-cpu", "Opteron_G1", Command.url(tool).path, "--help"])
      #expect(result.status == 1)
      #expect(result.error.contains("error: this processor lacks SSSE3"), "\(result.error)")
    }
  }
}
