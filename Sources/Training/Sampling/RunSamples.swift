import Compilation
import Console
import Data
import Diagnostics
import Spec

/// Samples of a run's checkpoint, drawn as the spec's `samples` says, a batch at a time.
///
/// They depend on the checkpoint, the seed and their number in the row: the first of more samples are the same, and with
/// the run's own seed they begin as its pictures do.
public final class RunSamples {
  /// What is asked for.
  public struct Request: Sendable {
    /// Samples, at least 1.
    public var count: Int
    /// nil for the run's own.
    public var seed: UInt64?
    /// The class of every sample; nil for all in turn, or for those that labels of data have.
    public var chosenClass: Int?
    /// A file in the run's folder; nil for the newest.
    public var checkpoint: String?
    /// Samples of each path from one latent value to another; nil for samples without paths.
    public var steps: Int?

    public init(
      count: Int, seed: UInt64?, chosenClass: Int?, checkpoint: String?, steps: Int? = nil
    ) {
      (self.count, self.seed, self.steps) = (count, seed, steps)
      (self.chosenClass, self.checkpoint) = (chosenClass, checkpoint)
    }
  }

  let count: Int
  /// Of one sample.
  let shape: [Int]
  /// The class of each sample; nil where the sampler takes none, or takes those of data as they come.
  let classes: [Int]?
  let pictures: Pictures?
  /// How samples are rows of the table that they are like, where such are asked for.
  private let table: TableText?
  /// Samples in a row of the picture; nil for as many as the run's pictures have.
  private let columns: Int?
  private let output: SampleOutput
  private let trainer: Trainer
  private let inputs: StepInputs
  private let source: String
  /// Batches that were drawn.
  private var drawn = 0

  /// Reads the newest checkpoint of a run's folder, or the checkpoint that `path` names in one; the run may be training
  /// meanwhile.
  ///
  /// `options` are the flags that some of the overrides come from.
  ///
  /// - Throws: a failure where there is no such run, it samples nothing, or not what was asked for.
  public init(
    of path: String, _ request: Request, to output: SampleOutput, overrides: [String],
    options: [String: String] = [:], compiler: inout Compiler
  ) throws(Failure) {
    let (folder, named) = RunDirectory.parts(of: path)
    let resumption = try Resumption(
      path: folder, checkpoint: request.checkpoint ?? named, overrides: overrides,
      options: options, looksOnly: true, samplesOtherwise: true, compiler: &compiler)
    let experiment = resumption.loaded.experiment
    let sample = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      guard let sample = experiment.output.sample else {
        throw Diagnostic(
          .error, "the spec of \(quoted(folder)) samples nothing",
          hint: "say what to sample under 'samples', and train it again")
      }
      return sample
    }
    let compiled = try compiler.compile(checked: resumption.loaded)
    // Another table of the same shape would decode rows without a word.
    let trainer = try resumption.makeTrainer(compiled, requiresData: output.isTable)
    let seed = request.seed ?? experiment.seed
    (self.trainer, self.output, shape) = (trainer, output, sample.shape)
    (count, columns) = (request.count * (request.steps ?? 1), request.steps)
    (inputs, classes, pictures, table) = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      guard let function = compiled.sampling else {
        preconditionFailure("the spec samples, but no function does")
      }
      var inputs = try StepInputs(
        of: function, in: compiled, datasets: trainer.datasets, seed: seed)
      let classes = try Self.classes(of: inputs, request)
      if let chosen = request.chosenClass { inputs.choose(class: chosen) }
      if let steps = request.steps { try inputs.follow(pathsOf: steps) }
      return (
        inputs, classes, try Pictures(experiment, trainer.datasets),
        try Self.table(of: experiment, sample.shape, output)
      )
    }
    source =
      "\(sample.title)\(sample.usesAverage ? ", averaged," : "") after round \(trainer.round), seed \(seed)"
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try requirePictures()
      try output.prepare()
    }
  }

  /// The class of each sample that is asked for.
  private static func classes(
    of inputs: StepInputs, _ request: Request
  ) throws(Diagnostic) -> [Int]? {
    let steps = request.steps ?? 1
    guard let chosen = request.chosenClass else {
      let known = inputs.classesInTurn
      guard let classes = known.first, known.count == 1 else { return nil }
      // A path has the class of the sample that it begins with, which are the even ones.
      return (0..<request.count * steps).map {
        request.steps == nil ? $0 % classes : 2 * ($0 / steps) % classes
      }
    }
    let known = inputs.classesToChoose
    guard let classes = known.first, known.count == 1 else {
      throw Diagnostic(
        .error,
        known.isEmpty
          ? "what the run samples takes no class" : "what the run samples takes several classes",
        hint: "leave --class away")
    }
    guard (0..<classes).contains(chosen) else {
      throw Diagnostic(
        .error, "there is no class \(chosen)", hint: "classes are 0...\(classes - 1)")
    }
    return [Int](repeating: chosen, count: request.count * steps)
  }

  private func requirePictures() throws(Diagnostic) {
    let isDrawn: Bool
    switch output {
    case .archive, .table: return
    case .picture: isDrawn = pictures != nil
    case .folder: isDrawn = pictures?.imageFormat != nil || pictures?.soundRange != nil
    }
    guard isDrawn else {
      throw Diagnostic(
        .error, "samples of shape \(shape) are no pictures",
        hint: "write them as numbers: -o samples.npz")
    }
    guard case .picture = output,
      let (width, height) = try pictures?.size(ofFakes: count, columns: columns),
      width * height > Image.pixelLimit
    else { return }
    throw Diagnostic(
      .error, "a picture of \(counted(count, "sample")) would have \(width) x \(height) pixels",
      hint: "ask for fewer, or name a folder: at most \(Image.pixelLimit) pixels are drawn")
  }
}

// MARK: - Drawing

extension RunSamples {
  /// The samples of the next batch, `[N, ...]` in C order; the last batch is cut.
  ///
  /// - Throws: the fault of a sample that is read, and where a signal asks for the end: what is being written then
  ///   vanishes, as after any other fault.
  func next() throws(Diagnostic) -> [Float] {
    if Interruption.isRequested {
      throw Diagnostic(.error, "interrupted: \(quoted(output.path)) is not written")
    }
    let values = trainer.sample(batch: drawn, drawnBy: inputs)
    if let fault = trainer.fault { throw fault }
    let size = max(1, shape.reduce(1, *))
    let left = count - drawn * (values.count / size)
    drawn += 1
    return Array(values.prefix(left * size))
  }

  /// Draws all samples and writes them; a line about them.
  public func write() throws(Failure) -> String {
    try Failure.ifRead(output.path)
    do throws(Diagnostic) {
      try writeSamples()
    } catch {
      let kind: Failure.Kind = trainer.fault == nil ? .runTime : .faultyInput
      throw Failure(kind, DiagnosticBag([error]))
    }
    let what =
      columns.map { "\(groupedText(count / $0)) \(plural("path", count / $0)) of \($0) samples" }
      ?? "\(groupedText(count)) \(plural("sample", count))"
    return "\(what) of \(source): \(output.path)"
  }

  private func writeSamples() throws(Diagnostic) {
    switch output {
    case .archive(let path):
      try SampleArchive.write(count: count, shape: shape, classes: classes, to: path) {
        () throws(Diagnostic) in try next()
      }
    case .table(let path):
      try table?.write(rows: count, to: path) { () throws(Diagnostic) in try next() }
    case .picture(let path):
      var values: [Float] = []
      while values.count < shape.reduce(count, *) { values += try next() }
      try pictures?.writeFakes(values, columns: columns, to: path)
    case .folder(let path): try writePictures(to: Folder(path))
    }
  }
}
