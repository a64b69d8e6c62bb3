import Foundation
import Testing

/// Sweeps that end before their time, by a signal, a scheduler or a kill, and go on.
@Suite struct SweepInterruptionTests {
  private static let endless = ["--steps", "1000000", "--set", "checkpoint.every=20"]

  private func place() throws -> Workplace {
    try Workplace(spec: Workplace.ring + "sweep: {seed: {range: [0, 2]}}\n")
  }

  private func folder(_ run: Int) -> String { "runs/0000\(run)-small-ring-\(run)" }

  /// The rounds of a run's checkpoints.
  private func rounds(_ run: Int, of place: Workplace) -> [Int] {
    let path = place.file(folder(run)).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in
      name.hasPrefix("checkpoint-") && name.hasSuffix(".safetensors")
        ? Int(name.dropFirst(11).dropLast(12)) : nil
    }
  }

  private func isUnderWay(_ run: Int, of place: Workplace) -> Bool {
    rounds(run, of: place).contains { $0 >= 40 }
  }

  private func state(_ run: Int, round: Int, of place: Workplace) throws -> Data {
    let name = "checkpoint-" + String(format: "%06d", round) + ".safetensors"
    return try place.bytes("\(folder(run))/\(name)")
  }

  @Test func anInterruptedSweepGoesOn() throws {
    let (whole, parts) = (try place(), try place())
    let words = ["sweep", "spec.yaml", "--jobs", "2", "--set", "checkpoint.every=20"]
    let running = try Running(
      Command.url("advas-run"), words + ["--steps", "1000000"], in: parts.folder)
    #expect(running.waits { isUnderWay(0, of: parts) && isUnderWay(1, of: parts) })
    running.process.interrupt()
    let result = try running.finish()
    #expect(result.status == 130, "\(result.error)")
    #expect(result.error.contains("0 of 3 runs are finished; the same command goes on"))
    #expect(result.output.contains("run 0: interrupted, its state is saved"), "\(result.output)")
    let end = 10 + (rounds(0, of: parts) + rounds(1, of: parts)).reduce(0, max)
    let again = try Command.run(
      Command.url("advas-run"), words + ["--steps", "\(end)"], in: parts.folder)
    #expect(again.status == 0, "\(again.error)")
    #expect(again.output.contains("run 0 (1 of 3): seed=0: goes on in runs/00000-small-ring-0"))
    let reference = try Command.run(
      Command.url("advas-run"), ["spec.yaml", "--steps", "\(end)"], in: whole.folder)
    #expect(reference.status == 0)
    for run in 0..<3 {
      #expect(try state(run, round: end, of: parts) == state(run, round: end, of: whole))
    }
  }

  /// As `examples/slurm/sweep.sbatch` runs it, with stand-ins for Slurm's own commands.
  @Test func aRequeuedTaskGoesOn() throws {
    let (whole, parts) = (try place(), try place())
    let first = try Running(
      URL(fileURLWithPath: "/bin/bash"), try task(Self.endless, in: parts), in: parts.folder)
    #expect(first.waits { isUnderWay(1, of: parts) })
    // Slurm's signal is for the steps of the job, not for its script.
    let id = first.process.processIdentifier
    let children = try String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
    kill(try #require(pid_t(children.split(separator: " ").first ?? "")), SIGTERM)
    #expect(try first.finish().status == 130)
    #expect(try parts.lines("requeued") == ["requeue 77_1"])
    let end = 10 + rounds(1, of: parts).reduce(0, max)
    let second = try Command.run(
      URL(fileURLWithPath: "/bin/bash"), try task(["--steps", "\(end)"], in: parts),
      in: parts.folder)
    #expect(second.status == 0, "\(second.error)")
    #expect(try parts.lines("requeued").count == 1)
    #expect(try whole.run("spec.yaml", "--only", "1", "--steps", "\(end)").status == 0)
    let name = String(format: "checkpoint-%06d.safetensors", end)
    let expected = try whole.bytes("runs/00000-small-ring-1/\(name)")
    #expect(try state(1, round: end, of: parts) == expected)
  }

  /// What a shell runs in the place of a task of Slurm's, the second of an array; `words` are added to the command.
  private func task(_ words: [String], in place: Workplace) throws -> [String] {
    try """
    #!/bin/bash
    [ "$SRUN_CPUS_PER_TASK" = "$SLURM_CPUS_PER_TASK" ] || exit 9
    shift
    exec '\(Command.url("advas-run").path)' "$@" \(words.joined(separator: " "))

    """
    .write(to: place.file("srun"), atomically: true, encoding: .utf8)
    try "#!/bin/bash\necho \"$@\" >> requeued\n"
      .write(to: place.file("scontrol"), atomically: true, encoding: .utf8)
    let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../examples/slurm/sweep.sbatch").standardizedFileURL.path
    return [
      "-c",
      """
      chmod +x srun scontrol; export PATH="$PWD:$PATH"
      export SLURM_ARRAY_JOB_ID=77 SLURM_ARRAY_TASK_ID=1 SLURM_CPUS_PER_TASK=1
      exec '\(example)' spec.yaml runs
      """,
    ]
  }

  /// Nothing but a folder and a log, or a run without a checkpoint, is begun again.
  @Test func whatWasKilledBeforeItsFirstCheckpointBeginsAgain() throws {
    let place = try place()
    #expect(try place.run("sweep", "spec.yaml", "--only", "0").status == 0)
    let expected = try place.bytes("runs/00000-small-ring-0/checkpoint-000020.safetensors")
    let folder = place.file("runs/00000-small-ring-0").path
    let log = try place.lines("runs/00000-small-ring-0/log.txt")
    try log.filter { !$0.contains(" rounds in ") }.joined(separator: "\n")
      .write(toFile: "\(folder)/log.txt", atomically: false, encoding: .utf8)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasPrefix("checkpoint") {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    let result = try place.run("sweep", "spec.yaml", "--only", "0", "--steps", "20")
    #expect(result.status == 0, "\(result.error)")
    #expect(try place.bytes("runs/00000-small-ring-0/checkpoint-000020.safetensors") == expected)
    #expect(try place.lines("runs/00000-small-ring-0/metrics.jsonl").count == 5)
  }
}
