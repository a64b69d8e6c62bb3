import ArgumentParser
import CommandEntry
import Compilation
import Console
import Data
import Diagnostics
import Report
import Training

/// `advas-run export RUN`: what a run has come to, for other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write weights or numbers of a run for other programs.",
    discussion: """
      The ending of the output says what is written:

      .csv: the numbers of metrics.jsonl, a row for each of its lines, a column for
      each loss, penalty and figure. This goes to standard output, too, where no
      output is named. For TensorBoard a run writes files of its own:
      --set log.tensorboard=true.

      .safetensors: the weights of a checkpoint under the names of PyTorch's
      state_dict, which 'from' of a network reads. --network G writes that
      network's alone, as a module of the same layers loads them.

      .onnx: what the run samples, for onnxruntime and others. Its inputs are the
      latents, for any number of samples where the networks allow that, and other
      random numbers.
      --scalar psi=0.7 gives a scalar of the spec another value than at the
      checkpoint's round; --scalar psi=input makes it an input.
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder of the run, or, for weights and models, a checkpoint in it.", valueName: "run"),
    completion: .file())
  var folder: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write: x.csv, x.safetensors, x.onnx.", valueName: "file"),
    completion: .file(extensions: ["csv", "safetensors", "onnx"]))
  var output: String?

  @Option(
    help: ArgumentHelp("The checkpoint to take instead of the newest.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoint: String?

  @Option(
    help: """
      Whose weights: the running averages of networks that have them, or those under training \
      (default: those of the run's samples).
      """)
  var weights: RunWeights.Choice?

  @Option(help: ArgumentHelp("Only this network's weights.", valueName: "name"))
  var network: String?

  @Option(
    help: ArgumentHelp(
      "With .onnx: what a scalar of the spec is, a number or 'input'. Repeatable.",
      valueName: "name=value"))
  var scalar: [String] = []

  @Option(help: "The precision that the run was started with.")
  var precision = Compiler.Precision.float32

  /// What the ending of the output asks for.
  private enum Content: String {
    case csv, safetensors, onnx
  }

  private var content: Content? {
    guard let output else { return .csv }
    return output.split(separator: ".", omittingEmptySubsequences: false).last.flatMap {
      Content(rawValue: $0.lowercased())
    }
  }

  func validate() throws {
    guard let content else {
      throw ValidationError("The output has to end in .csv, .safetensors or .onnx.")
    }
    guard content != .csv || (checkpoint == nil && weights == nil) else {
      throw ValidationError("--checkpoint and --weights are for .safetensors and .onnx.")
    }
    guard content != .csv || !folder.hasSuffix(".safetensors") else {
      throw ValidationError(
        "Numbers are those of the whole run: name its folder. A checkpoint is for .safetensors and .onnx."
      )
    }
    try requireOneCheckpoint(folder, checkpoint)
    guard content == .safetensors || network == nil else {
      throw ValidationError("--network is for weights: -o weights.safetensors.")
    }
    guard content == .onnx || scalar.isEmpty else {
      throw ValidationError("--scalar is for models: -o generator.onnx.")
    }
    _ = try scalars()
  }

  /// What `--scalar` says, by name.
  private func scalars() throws -> [String: RunWeights.ScalarChoice] {
    var choices: [String: RunWeights.ScalarChoice] = [:]
    for text in scalar {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let choice = RunWeights.ScalarChoice(parts[1]) else {
        throw ValidationError("'\(text)' should be like psi=0.7 or psi=input.")
      }
      choices[parts[0]] = choice
    }
    return choices
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      if let output { try Failure.unlessWritable(output) }
      switch content {
      case .csv, nil: try writeNumbers()
      case .safetensors:
        Terminal.output.line(try readWeights().write(to: output ?? "", network: network))
      case .onnx:
        let choices = (try? scalars()) ?? [:]
        Terminal.output.line(try readWeights().writeONNX(to: output ?? "", scalars: choices))
      }
    }
  }

  private func readWeights() throws(Failure) -> RunWeights {
    var compiler = Compiler(precision: precision)
    let read = try RunWeights(
      of: folder, checkpoint: checkpoint, choice: weights, compiler: &compiler)
    if let output { try Failure.ifRead(output) }
    return read
  }

  private func writeNumbers() throws(Failure) {
    let text = try Failure.of(.faultyInput) { () throws(Diagnostic) -> String in
      try Run(path: folder).csv
    }
    guard let output else {
      Terminal.output.write(text)
      return
    }
    try Failure.ifRead(output)
    do throws(FileError) {
      try AtomicFile.write(text, to: output)
    } catch { throw Failure(.runTime, DiagnosticBag([error.diagnostic])) }
  }
}

extension RunWeights.Choice: ExpressibleByArgument {}

extension RunWeights.ScalarChoice {
  /// nil for what is neither a number nor `input`.
  fileprivate init?(_ text: String) {
    if text == "input" {
      self = .input
    } else if let number = Double(text), number.isFinite {
      self = .number(number)
    } else {
      return nil
    }
  }
}
