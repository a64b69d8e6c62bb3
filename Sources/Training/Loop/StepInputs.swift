import Compilation
import Data
import Diagnostics
import Execution
import Modules
import Optimizers
import Random
import TensorIR

extension Module {
  /// Whether the draw of this name is a layer's, and samples have it the same for all.
  func fixesNoise(_ name: String) -> Bool {
    sampling?.fixesNoise == true && networks.contains { name.hasPrefix($0 + ".") }
  }

  /// The player whose step before has seen a batch of data: a penalty's own step sees it again. (StyleGAN2's R1.)
  fileprivate func seenBefore(_ port: Port) -> String? {
    guard case .stream(let name, batch: "") = port.source, case .data = source(of: name),
      let player = players.first(where: { $0.name == port.owner }),
      player.optimizerOwner != player.name
    else { return nil }
    return player.optimizerOwner
  }

  /// What samples the stream has that a function names.
  fileprivate func source(of stream: String) -> StreamSource {
    guard let source = streams[stream] else {
      preconditionFailure("lowering reads the unknown stream '\(stream)'")
    }
    return source
  }
}

/// Writes everything that a function reads besides variables: batches, draws and the step's
/// scalars.
///
/// What is written is a pure function of (seed, player, name, step count), so that neither the
/// order of players nor another penalty shifts anybody's samples, and a run resumes from the counts
/// alone.
package struct StepInputs {
  /// Values that replace what would be drawn: of a recorded round.
  typealias Replacement = (_ name: String) -> [Double]?
  /// Sees every batch and draw after it was written.
  typealias Tap = (_ name: String, _ values: UnsafeMutableBufferPointer<Float>, Shape) -> Void

  enum Source {
    case variable
    case batch(BatchSource)
    case random(RandomStream, DrawDistribution)
    /// Random numbers that are the same in every step.
    case fixed(RandomStream, DrawDistribution)
    /// Every class in turn, for samples that one compares, or always the same.
    case everyClass(of: Int, only: Int? = nil)
    case scalar(StepScalar, Optimizer)
    /// Values on paths between draws.
    indirect case path(LatentPath)
  }

  /// When a step is: what its inputs depend on.
  package struct Time {
    /// The owner's step, from 0.
    package var count: Int
    /// The round, from 0.
    package var round = 0
    /// What `count` is for samples that all players share.
    package var shared = 0
    /// Updates that the owner's optimizer has made, with those of penalties' own steps.
    package var updates: Int
    /// The owner's step, or that of the player behind which a penalty's own step is.
    package var behind: Int

    package init(
      count: Int, round: Int = 0, shared: Int = 0, updates: Int? = nil, behind: Int? = nil
    ) {
      self.count = count
      self.round = round
      self.shared = shared
      self.updates = updates ?? count
      self.behind = behind ?? count
    }
  }

  /// The owner of samples that all players share; no player can have this name.
  private static let sharedOwner = "*"

  /// One per input; `name`, of the graph's input, is the key in records.
  var inputs: [Entry]

  struct Entry {
    var name: String
    var source: Source
    var shape: Shape
    var isShared: Bool
    /// Whether it is a batch of data that the player's own step has seen, behind which this one is.
    var isSeen = false
    /// The rank's part of random samples; nil where all of them are its own, or where a batch of data is dealt already.
    var part: BatchShard?
    /// Of a stream of the spec, not of a draw within a network.
    var isLatent: Bool
  }

  /// The inputs of the function at `index`, or the part of them that a rank has.
  init(
    of index: Int, in compiled: CompiledExperiment, datasets: Datasets, seed: UInt64,
    shard: BatchShard = .whole
  ) throws(Diagnostic) {
    let function = compiled.functions[index].function
    let shard = function.isDealt ? shard : .whole
    let dealt = shard.ranks > 1 ? function.sampleInputs : []
    let module = compiled.module
    let repeats = function.repeatsDraws
    let ofSamples = repeats || index == compiled.statistics
    var inputs: [Entry] = []
    for (place, port) in function.ports.enumerated() {
      let shape = function.graph.inputTypes[place].shape
      var owner = port.owner ?? Self.sharedOwner
      let seenBy = module.seenBefore(port)
      owner = seenBy ?? owner
      let source: Source
      switch port.source {
      case .variable: source = .variable
      case .stream(let name, let batch):
        source =
          if case .draw(let distribution) = module.source(of: name) {
            Self.source(
              distribution,
              RandomStream(seed: seed, name: "\(owner)/\(port.source.sampleName ?? name)"),
              repeats: repeats,
              truncation: ofSamples ? module.sampling?.truncation : nil)
          } else {
            .batch(
              try datasets.batches(
                of: name, count: shape.dimensions.first ?? 1, player: owner, batch: batch,
                seed: seed, ofSamples: ofSamples, repeats: repeats, shard: shard))
          }
      case .draw(let name, let distribution):
        let isFixed = repeats && module.fixesNoise(name)
        // What is the same for all samples is the run's, whatever seed their latents have.
        let random = RandomStream(seed: isFixed ? module.seed : seed, name: "\(owner)/\(name)")
        source = isFixed ? .fixed(random, distribution) : .random(random, distribution)
      case .scalar(let scalar):
        // A metric reads weights of penalties, which are no player's own.
        let player = module.players.first { $0.name == owner } ?? module.players.first
        guard let player else { preconditionFailure("only games read \(scalar)") }
        source = .scalar(scalar, player.optimizer)
      }
      inputs.append(
        Entry(
          name: function.graph.inputNames[place], source: source, shape: shape,
          isShared: port.owner == nil, isSeen: seenBy != nil,
          part: dealt.contains(place) ? shard : nil,
          isLatent: port.source.isStream))
    }
    self.inputs = inputs
  }

  /// Random samples of a stream; those that one compares, which repeat, have every class in turn.
  private static func source(
    _ distribution: DrawDistribution, _ random: RandomStream, repeats: Bool, truncation: Double?
  ) -> Source {
    switch distribution {
    case .normal: .random(random, truncation.map { .truncated(bound: $0) } ?? distribution)
    case .classes(let classes) where repeats: .everyClass(of: classes)
    case .uniform, .truncated, .classes: .random(random, distribution)
    }
  }

  /// Writes all inputs for a step of the owner where the engine's executable reads them; what is wrong with a sample
  /// that is read only now, and then the step must not be taken.
  func write(
    to engine: any Engine, executable: Int, at time: Time,
    replacement: Replacement? = nil, tap: Tap? = nil
  ) -> Diagnostic? {
    var fault: Diagnostic?
    for (index, input) in inputs.enumerated() {
      switch input.source {
      case .variable: continue
      case .scalar(let scalar, let optimizer):
        engine.setScalar(of: executable, index, scalar.value(for: optimizer, at: time))
      case .batch, .random, .fixed, .everyClass, .path:
        engine.withInput(of: executable, index) { buffer in
          // Whoever taps the inputs sees the others, too.
          let found = Self.write(buffer, input, at: time, replacement, tap)
          fault = fault ?? found
        }
      }
    }
    return fault
  }

  /// How long batches of data took in all, waiting for samples that were still being read included.
  var dataTime: Duration {
    inputs.reduce(.zero) { sum, input in
      if case .batch(let source) = input.source { sum + source.time } else { sum }
    }
  }

  /// Writes the values of one batch or draw; what is wrong with a sample.
  private static func write(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ input: Entry, at time: Time,
    _ replacement: Replacement?, _ tap: Tap?
  ) -> Diagnostic? {
    var fault: Diagnostic?
    if let values = replacement?(input.name) {
      for (i, value) in values.enumerated() { buffer[i] = Float(value) }
    } else {
      let count = input.isShared ? time.shared : input.isSeen ? time.behind : time.count
      do throws(Diagnostic) {
        try fill(buffer, input, count: count)
      } catch { fault = error }
    }
    tap?(input.name, buffer, input.shape)
    return fault
  }

  /// Fills `buffer`, where samples are drawn and dealt with those of this rank.
  ///
  /// What is drawn belongs to a sample's place in the whole batch, so that nothing depends on how many ranks there are.
  private static func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ input: Entry, count: Int
  ) throws(Diagnostic) {
    guard let part = input.part, case .random = input.source else {
      return try fill(buffer, input.source, count: count)
    }
    var fault: Diagnostic?
    withUnsafeTemporaryAllocation(of: Float.self, capacity: input.shape.count) { whole in
      do throws(Diagnostic) { try fill(whole, input.source, count: count) } catch { fault = error }
      let samples = input.shape[0] / part.ranks
      let size = buffer.count / max(1, samples)
      for place in 0..<samples {
        for i in 0..<size { buffer[place * size + i] = whole[part.whole(place) * size + i] }
      }
    }
    if let fault { throw fault }
  }

  static func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ source: Source, count: Int
  ) throws(Diagnostic) {
    let step = UInt64(count)
    switch source {
    case .batch(let batches):
      try batches.fill(buffer, batch: count)
    case .fixed(let stream, let distribution):
      try fill(buffer, .random(stream, distribution), count: 0)
    case .random(let stream, .normal(let mean, let deviation)):
      stream.fillNormal(buffer, mean: Float(mean), deviation: Float(deviation), step: step)
    case .random(let stream, .truncated(let bound)):
      stream.fillTruncatedNormal(buffer, bound: Float(bound), step: step)
    case .random(let stream, .uniform(let low, let high)):
      stream.fillUniform(buffer, low: Float(low), high: Float(high), step: step)
    case .random(let stream, .classes(let classes)):
      fillOneHot(buffer, classes) { stream.uniformInt(below: classes, at: $0, step: step) }
    case .everyClass(let classes, let only):
      let first = buffer.count / classes * count
      fillOneHot(buffer, classes) { only ?? (first + $0) % classes }
    case .path(let path): path.fill(buffer, batch: count)
    case .variable, .scalar: break
    }
  }

  /// What samples see of a draw that is the same for all of them.
  static func fixedValues(
    of distribution: DrawDistribution, name: String, count: Int, seed: UInt64
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 0)
      try? fill(buffer, .random(RandomStream(seed: seed, name: name), distribution), count: 0)
      initialized = count
    }
  }

  /// Writes a one-hot vector for each sample.
  private static func fillOneHot(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ classes: Int, _ choose: (Int) -> Int
  ) {
    buffer.update(repeating: 0)
    for sample in 0..<(buffer.count / classes) {
      buffer[sample * classes + choose(sample)] = 1
    }
  }
}
