import Compilation
import Console
import Data
import Diagnostics
import Execution
import Metrics
import Spec

/// A whole training run: the loop with everything that a user sees of it.
public final class TrainingRun {
  public enum Outcome: Sendable {
    case finished
    /// A signal came; the state is saved.
    case interrupted
  }

  let trainer: Trainer
  let directory: RunDirectory
  private let lock: RunLock
  /// The identity of the spec.
  let spec: String
  /// Digests of the data, as checkpoints hold them.
  let dataDigests: [String: String]
  /// What a resumption needs behind the folder, ` --steps 400`, to go where this run goes.
  private let flags: String
  private let pictures: Pictures?
  let evaluation: Evaluation?
  var metrics: MetricsLog
  let log: LineFile
  package var display = ProgressDisplay()
  private var stopwatch: Stopwatch
  /// The newest round whose state is in the folder.
  var savedRound: Int?
  /// The round that the run goes on from; nil for one that begins.
  let firstRound: Int?
  var savedAt = ContinuousClock.now
  /// The one copy of the variables that a run keeps; checkpoints are written from it.
  var recovery: RecoveryPoint?
  /// What steps have computed last.
  var latest = LatestScalars()

  let experiment: Experiment
  let agreement: RankAgreement
  /// Whether all ranks stop after this round.
  private var stops = false

  /// Starts a run in a new folder of `output.directory`, or in the folder that is its own, `folder`.
  ///
  /// - Throws: a failure where the data is faulty or nothing can be written.
  public init(
    new spec: LoadedSpec, _ compiled: CompiledExperiment, in folder: String? = nil,
    by agreement: RankAgreement = RankAgreement(nil)
  ) throws(Failure) {
    let trainer = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Trainer(compiled, transport: agreement.transport)
    }
    self.agreement = agreement
    let pictures = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Pictures(spec.experiment, trainer.datasets)
    }
    experiment = spec.experiment
    self.trainer = trainer
    self.pictures = pictures
    evaluation = try Evaluation(trainer, of: experiment)
    self.spec = spec.identity
    dataDigests = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try trainer.datasets.digests()
    }
    firstRound = nil
    flags = ""
    stopwatch = Stopwatch(round: 0, before: 0)
    directory = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      if let folder { return try RunDirectory(own: folder) }
      let output = spec.experiment.output.directory
      return try RunDirectory(new: spec.experiment.name, in: output)
    }
    lock = try RunLock(log: directory.logPath, of: directory.folder)
    if folder != nil { try directory.clear() }
    (metrics, log) = try Failure.of(.runTime) { [directory] () throws(Diagnostic) in
      try directory.write(
        spec: spec.resolvedText, compiled.engineOptions.convolutions)
      return (
        try MetricsLog(
          path: directory.metricsPath, Watch(spec.experiment.detectors)),
        try LineFile(path: directory.logPath)
      )
    }
  }

  /// Goes on with the run in `directory`, which `lock` keeps, from a checkpoint; `isOwn` says whether it is the folder's
  /// own.
  init(
    resuming directory: RunDirectory, _ lock: RunLock, from checkpoint: Checkpoint, isOwn: Bool,
    of experiment: Experiment, trainer: Trainer, flags: String, by agreement: RankAgreement
  ) throws(Failure) {
    self.agreement = agreement
    trainer.restore(checkpoint.snapshot)
    self.experiment = experiment
    self.trainer = trainer
    self.directory = directory
    self.lock = lock
    self.flags = flags
    firstRound = trainer.round
    dataDigests = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try trainer.datasets.digests()
    }
    spec = checkpoint.spec
    pictures = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Pictures(experiment, trainer.datasets)
    }
    evaluation = try Evaluation(trainer, of: experiment)
    (metrics, log) = try Failure.of(.runTime) { () throws(Diagnostic) in
      try directory.folder.requireWritable()
      let metrics = try MetricsLog(
        path: directory.metricsPath, Watch(experiment.detectors),
        continuingFrom: checkpoint.snapshot.round)
      return (metrics, try LineFile(path: directory.logPath))
    }
    stopwatch = Stopwatch(round: trainer.round, before: metrics.secondsBefore)
    savedRound = isOwn ? trainer.round : nil
    latest = checkpoint.latest
  }
}

// MARK: - The loop

extension TrainingRun {
  /// Trains to the last round, or to the end of the round in which a signal comes.
  ///
  /// - Throws: a run-time failure, with the state saved where that is possible; it is the log's last word. Where ranks are not
  ///   alike nothing has begun, and the log is left as it was.
  public func run() throws(Failure) -> Outcome {
    try requireRanksAlike(spec)
    do throws(Failure) {
      return try train()
    } catch {
      display.clear()
      try? log.append(error.rendered)
      display.tell(directory, trainer.round, outcome: "failed")
      throw error
    }
  }

  private func train() throws(Failure) -> Outcome {
    try Failure.of(.runTime) { () throws(Diagnostic) in try start() }
    stopwatch = Stopwatch(round: trainer.round, before: metrics.secondsBefore)
    savedAt = .now
    // What one rank would do again the others would have to do with it.
    recovery = agreement.transport == nil ? RecoveryPoint(trainer) : nil
    while trainer.round < experiment.train.rounds {
      if stops || (agreement.transport == nil && Interruption.isRequested) {
        return try interrupt()
      }
      do throws(NonFiniteScalar) {
        let scalars = try trainer.runRound()
        latest.add(scalars, round: trainer.round)
      } catch { throw error.fault == nil ? explain(error) : stop(error) }
      let isSaved = try Failure.of(.runTime) { () throws(Diagnostic) in try finishRound() }
      try settle(saves: isSaved)
      recovery?.refresh(trainer)
    }
    return try finish()
  }

  private func start() throws(Diagnostic) {
    try say("\(experiment.name): \(beginning) \(directory.folder.path)")
    display.tell(directory, trainer.round, rounds: experiment.train.rounds)
    display.draw(report)
    try beginBoard()
    for line in Machine.lines(of: trainer.compiled) { try log.append(line) }
    for line in evaluation?.protocolLines ?? [] { try log.append(line) }
    guard trainer.round == 0, let pictures else { return }
    try pictures.writeReals(to: directory.realsPath)
    if experiment.output.sampleEvery > 0 {
      try pictures.writeFakes(trainer.sample(), to: directory.fakesPath(round: 0))
    }
  }

  /// What is to be done, up to the folder in which.
  private var beginning: String {
    let (round, rounds) = (trainer.round, experiment.train.rounds)
    if round == 0 { return "\(groupedText(rounds)) \(plural("round", rounds)) into" }
    let all = rounds == 1 ? "the only round is" : "all \(groupedText(rounds)) rounds are"
    if round == rounds { return "\(all) done (--steps trains more) in" }
    return "going on after \(groupedText(round)) of \(groupedText(rounds)) rounds in"
  }

  /// Writes what is due after a round; `true` iff that is a checkpoint, too.
  private func finishRound() throws(Diagnostic) -> Bool {
    let (round, output) = (trainer.round, experiment.output)
    let isLast = round == experiment.train.rounds
    let isSaved = isLast || due(round, every: output.checkpointEvery)
    let isLogged = isLast || round == 1 || round.isMultiple(of: output.logEvery)
    let isSampled = isLast || due(round, every: output.sampleEvery)
    var score: ModeCoverage.Score?
    if isSampled {
      score = try drawSamples()
      try metrics.board?.addHistograms(trainer.parameters, round: round)
    }
    var measured = try measure(round: round, isLast: isLast)
    // What was made of a sample that cannot be read is no figure; the next step, or the end, tells the fault.
    if trainer.fault != nil { (measured, score) = ([], nil) }
    if let pictures, let grid = evaluation?.neighbours(in: measured) {
      try pictures.write(grid, to: directory.neighboursPath(round: round))
    }
    if isLogged || score != nil || !measured.isEmpty {
      let report = report
      let (line, findings) = try metrics.append(report, score: score, measured: measured)
      display.tell(line)
      if isLogged {
        try log.append(report.line)
        display.log(report)
        stopwatch.lap(at: round, dataTime: trainer.dataTime)
      }
      for measurement in measured { try say("round \(round)  \(measurement.line)") }
      for finding in findings { try say("warning: \(finding.text)") }
    } else if display.isDue() {
      display.draw(report)
    }
    return isSaved
  }

  /// Learns what all ranks do after this round, and writes a checkpoint where one is due.
  private func settle(saves: Bool) throws(Failure) {
    let decision = agreement.settle(stops: Interruption.isRequested, saves: isSavingDue)
    stops = decision.stops
    if saves || decision.saves { try save() }
  }

  private func due(_ round: Int, every period: Int) -> Bool {
    period > 0 && round.isMultiple(of: period)
  }

  private var report: ProgressReport {
    ProgressReport(
      round: trainer.round, rounds: experiment.train.rounds,
      scalars: latest.since(metrics.lastRound), automatic: experiment.automaticWeights,
      seconds: stopwatch.seconds, roundsPerSecond: stopwatch.speed(at: trainer.round),
      dataShare: stopwatch.dataShare(trainer.dataTime))
  }

  /// A line for the user and the log.
  private func say(_ text: String) throws(Diagnostic) {
    display.line(text)
    try log.append(text)
  }
}

extension TrainingRun {
  /// Points that a score is made of.
  private static let scoredPoints = 10_000

  /// Draws a picture; the score of the samples where the data has one.
  private func drawSamples() throws(Diagnostic) -> ModeCoverage.Score? {
    guard let pictures else { return nil }
    let samples = trainer.sample()
    let path = directory.fakesPath(round: trainer.round)
    try pictures.writeFakes(samples, to: path)
    try metrics.board?.addPicture(at: path, round: trainer.round)
    guard let coverage = pictures.coverage, !samples.isEmpty else { return nil }
    return coverage.score(trainer.samples(atLeast: Self.scoredPoints))
  }

  private func interrupt() throws(Failure) -> Outcome {
    if savedRound != trainer.round { try save() }
    try Failure.of(.runTime) { () throws(Diagnostic) in
      try say(
        "interrupted after round \(trainer.round); go on with: "
          + "advas-run resume \(directory.folder.path)\(flags)\(origin(trainer.round))")
    }
    display.tell(directory, trainer.round, outcome: "interrupted")
    return .interrupted
  }

  private func finish() throws(Failure) -> Outcome {
    // What was drawn last was drawn without them.
    if let fault = trainer.fault { throw Failure(.faultyInput, DiagnosticBag([fault])) }
    try Failure.of(.runTime) { () throws(Diagnostic) in
      let share = stopwatch.wholeDataShare(trainer.dataTime).map {
        ", " + formatted("%.2g%%", 100 * $0) + " of the time for data"
      }
      let rounds = counted(trainer.round, "round")
      try say("\(rounds) in \(clockText(seconds: stopwatch.seconds))\(share ?? "")")
      if let coverage = pictures?.coverage {
        let score = coverage.score(trainer.samples(atLeast: Self.scoredPoints))
        try say(
          "modes covered: \(score.covered) of \(score.modes), high quality: "
            + formatted("%.1f%%", 100 * score.highQuality))
      }
      if pictures != nil { try say("samples: \(directory.fakesPath(round: trainer.round))") }
      try say("log:     \(directory.metricsPath)")
      try metrics.board?.finish(round: trainer.round)
    }
    display.tell(directory, trainer.round, outcome: "finished")
    return .finished
  }
}
