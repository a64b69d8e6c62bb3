import Foundation
import Testing

/// Runs the commands that were built beside the tests.
enum Command {
  struct Output {
    var status: Int32
    var output: String
    var error: String
  }

  /// The folder of the test bundle, which is that of the commands.
  static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  static func url(_ tool: String) -> URL { folder.appendingPathComponent(tool) }

  /// Runs a command to its end.
  static func run(_ tool: String, _ arguments: String..., in folder: URL? = nil) throws -> Output {
    try run(url(tool), arguments, in: folder)
  }

  static func run(_ url: URL, _ arguments: [String], in folder: URL? = nil) throws -> Output {
    let running = try Running(url, arguments, in: folder)
    return try running.finish()
  }

  /// The command in front of another that makes it that of a user who has no processes; nil where there is none such.
  ///
  /// The limit is on the processes of a user, and root is exempt from it.
  static let asAnotherUser: [String]? = {
    guard getuid() == 0 else { return [] }
    let command = ["/usr/bin/setpriv", "--reuid=61234", "--regid=61234", "--clear-groups"]
    let place = FileManager.default.temporaryDirectory.path
    let script = "cd '\(place)' && exec '\(url("advas-run").path)' --help"
    let result = try? run(
      URL(fileURLWithPath: "/usr/bin/env"), command + ["/bin/bash", "-c", script])
    return result?.status == 0 ? command : nil
  }()
}

/// A command under way, its output going to files so that no pipe can fill up.
final class Running {
  let process = Process()
  private let outputFile: URL
  private let errorFile: URL

  init(_ url: URL, _ arguments: [String], in folder: URL? = nil) throws {
    let stem = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    outputFile = stem.appendingPathExtension("out")
    errorFile = stem.appendingPathExtension("err")
    for file in [outputFile, errorFile] {
      try Data().write(to: file)
    }
    process.executableURL = url
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    try? FileManager.default.removeItem(at: outputFile)
    try? FileManager.default.removeItem(at: errorFile)
  }

  var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
  var error: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

  /// Waits until the output has `text`, or the process ends; `false` after a minute.
  func waits(for text: String) -> Bool { waits { self.output.contains(text) } }

  /// Waits until `condition` holds, or the process ends; `false` after a minute.
  func waits(_ condition: () -> Bool) -> Bool {
    for _ in 0..<6000 where process.isRunning {
      if condition() { return true }
      usleep(10_000)
    }
    return condition()
  }

  func finish() throws -> Command.Output {
    process.waitUntilExit()
    let error = try String(contentsOf: errorFile, encoding: .utf8)
    return Command.Output(status: process.terminationStatus, output: output, error: error)
  }
}

/// A folder with a spec, removed at the end of the test.
final class Workplace {
  let folder: URL

  init(spec: String = Workplace.ring) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("advas-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try spec.write(to: self.spec, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var spec: URL { file("spec.yaml") }

  func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// Runs `advas-run` here.
  func run(_ arguments: String...) throws -> Command.Output {
    try Command.run(Command.url("advas-run"), arguments, in: folder)
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: file(name)) }

  func lines(_ name: String) throws -> [String] {
    try String(contentsOf: file(name), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// A small game with everything that a resumed run must carry on: Adam, batch norm, AdvAs, a
  /// penalty with a period.
  static let ring = """
    spec: 1
    name: small ring
    data:
      x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 16}
    latent:
      z: {shape: [2], distribution: normal}
    networks:
      G:
        input: z
        layers:
          - linear: 16
          - batch_norm
          - relu
          - linear: 2
      D:
        input: x
        layers:
          - linear: 16
          - leaky_relu: 0.2
          - linear: 1
    objective: wgan
    regularizers:
      - wgan_gp: {weight: 10, every: 2}
      - advas
    optimizer: {type: adam, lr: 1e-3, betas: [0, 0.9]}
    players: {discriminator: {steps: 2}}
    train: {total: 20 steps, threads: 1}
    log: {every: 5}
    samples: {every: 10}
    checkpoint: {every: 10}

    """
}
