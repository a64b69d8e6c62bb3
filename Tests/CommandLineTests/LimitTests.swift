import Foundation
import Testing

/// What the machine cannot give ends in a line, never in a wait.
@Suite struct LimitTests {
  private static let emulator = "/usr/bin/qemu-x86_64"

  private func limited(_ limit: String, _ arguments: String) throws -> Command.Output {
    let place = try Workplace()
    let run = Command.url("advas-run").path
    let script = "ulimit \(limit); exec timeout 60 '\(run)' \(arguments)"
    return try Command.run(
      URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
  }

  /// Where the libraries load, a run trains to its end or says what it lacks; where they do not, the loader says so.
  @Test(arguments: [150_000, 200_000, 300_000, 400_000, 500_000, 600_000])
  func littleAddressSpace(kilobytes: Int) throws {
    for precision in ["float32", "float64"] {
      let result = try limited(
        "-v \(kilobytes)", "spec.yaml --steps 2 --threads 2 --precision \(precision)")
      let comment: Comment = "\(precision), \(result.status): \(result.error)"
      switch result.status {
      case 0: #expect(result.output.contains("2 rounds in"), comment)
      case 1:
        #expect(
          result.error.contains(
            "no room for the buffers of 2 threads that multiply matrices")
            || result.error.contains("cannot start 2 threads")
            || result.error.contains("cannot allocate"), comment)
      case 127: #expect(result.error.contains("error while loading shared libraries"), comment)
      default: Issue.record(comment)
      }
    }
  }

  /// Two gibibytes are plenty for two threads, and 64 threads of 128 MiB each do not fit into them.
  @Test func roomDecides() throws {
    let enough = try limited("-v 2097152", "spec.yaml --steps 2 --threads 2")
    #expect(enough.status == 0, "\(enough.error)")
    let lacking = try limited("-v 2097152", "spec.yaml --steps 2 --threads 64")
    #expect(lacking.status == 1)
    #expect(lacking.error.contains("64 threads"), "\(lacking.error)")
  }

  /// The smallest that loads the libraries has room for a message, but not for a buffer.
  @Test(arguments: ["--help", "check spec.yaml", "list objectives"])
  func whatNeedsNoBufferNeedsNoRoom(arguments: String) throws {
    let result = try limited("-v 350000", arguments)
    #expect(result.status == 0, "\(result.status): \(result.error)")
    #expect(!result.output.isEmpty)
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
