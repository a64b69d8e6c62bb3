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
            "no room for the buffers of 2 threads for products of matrices")
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

  /// Samples that are read while it trains, by threads that cannot be had.
  private static let readsAhead = """
    spec: 1
    data: {x: {type: raw, path: pixels.bin, shape: [1, 4, 4], batch: 4, cache: none}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [{linear: 16}, {reshape: [1, 4, 4]}, sigmoid]}
      D: {input: x, layers: [flatten, {linear: 1}]}
    objective: hinge
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 8}

    """

  @Test(
    .enabled(
      if: Command.asAnotherUser != nil, "root is exempt, and no other user can run the commands"),
    arguments: [(1, Workplace.ring), (4, Workplace.ring), (1, readsAhead)])
  func noOtherProcess(threads: Int, spec: String) throws {
    let place = try Workplace(spec: spec)
    try Data(0..<128).write(to: place.file("pixels.bin"))
    if getuid() == 0 {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o777], ofItemAtPath: place.folder.path)
    }
    let run = Command.url("advas-run").path
    let script = "ulimit -u 1; exec '\(run)' spec.yaml --steps 8 --threads \(threads)"
    let command =
      ["XDG_CACHE_HOME=\(place.folder.path)", "timeout", "60"] + (Command.asAnotherUser ?? [])
    let result = try Command.run(
      URL(fileURLWithPath: "/usr/bin/env"), command + ["/bin/bash", "-c", script], in: place.folder)
    #expect(result.status == (threads == 1 ? 0 : 1), "\(result.status): \(result.error)")
    if threads > 1 { #expect(result.error.contains("error: cannot start 4 threads")) }
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
