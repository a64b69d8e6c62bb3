import Diagnostics
import Random
import Syntax

/// A mixture of Gaussians on the line, equally likely unless weights say otherwise; the Gaussians are the classes.
public struct Mixture1D: DatasetDefinition {
  /// Where the Gaussians lie.
  public var centres: [Double]
  /// One for each centre, in any unit; empty where all are equal.
  public var weights: [Double]
  /// Standard deviation of each Gaussian.
  public var sigma: Double

  public init(centres: [Double], weights: [Double] = [], sigma: Double) {
    self.centres = centres
    self.weights = weights
    self.sigma = sigma
  }

  public var sampleShape: [Int] { [1] }
  public var labelWidth: Int? { centres.count }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(centres.count, "the number of centres", atMost: 10_000)
    try Parameter.require(sigma, "sigma")
    for centre in centres { try Parameter.require(abs(centre), "the magnitude of a centre") }
    for weight in weights { try Parameter.require(weight, "a weight") }
    let total = weights.reduce(0, +)
    guard weights.isEmpty || weights.count == centres.count else {
      throw Diagnostic(
        .error, "a mixture has \(centres.count) centres and \(weights.count) weights",
        hint: "give one weight for each centre, or leave 'weights' away")
    }
    guard weights.isEmpty || total > 0 else {
      throw Diagnostic(
        .error, "the weights of a mixture are all 0",
        hint: "give a centre a weight above 0, or leave 'weights' away")
    }
    let shares =
      weights.isEmpty
      ? centres.map { _ in 1 / Double(centres.count) } : weights.map { $0 / total }
    return .distribution(Line(centres: centres, shares: shares, sigma: sigma))
  }

  private struct Line: SampleDistribution {
    let centres: [Double]
    /// Probabilities of the Gaussians.
    let shares: [Double]
    let sigma: Double

    var sampleShape: [Int] { [1] }
    var modeCount: Int { centres.count }

    var bounds: ClosedRange<Double> {
      let low = (centres.min() ?? 0) - 3 * sigma
      let high = (centres.max() ?? 0) + 3 * sigma
      return low < high ? low...high : (low - 1)...(low + 1)
    }

    func fill(
      _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
    ) {
      streams.noise.fillNormal(out, deviation: Float(sigma), step: step)
      for i in out.indices { out[i] += Float(centres[mode(at: i, streams: streams, step: step)]) }
    }

    func mode(at i: Int, streams: DistributionStreams, step: UInt64) -> Int {
      var rest = streams.place.uniform(at: i, step: step)
      for (mode, share) in shares.enumerated() {
        rest -= share
        if rest < 0 { return mode }
      }
      // Shares that sum up to a little less than 1.
      return shares.lastIndex { $0 > 0 } ?? 0
    }
  }
}

extension DatasetType {
  private static let centres = Key(
    "centres", .numbers, default: [-2, 2], "Centres of Gaussians on the line.")
  private static let weights = Key(
    "weights", .numbers, default: [], "How likely each Gaussian is, in any unit; empty for equally."
  )
  private static let sigma = Key(
    "sigma", .nonnegative, default: 0.5, "Standard deviation of each Gaussian.")

  static let mixture1D = DatasetType(
    "mixture_1d", "Gaussians on the line.", keys: [centres, weights, sigma]
  ) { Mixture1D(centres: $0[centres], weights: $0[weights], sigma: $0[sigma]) }
}

extension Form where Value == [Double] {
  /// A list of numbers; one alone stands for a list of itself.
  fileprivate static var numbers: Form {
    Form(
      "a list of numbers", schema: .any,
      text: { "[\($0.map { short($0) }.joined(separator: ", "))]" }
    ) { node, title, context in
      guard let items = node.items else { return context.number(node, title).map { [$0] } }
      let values = items.map { context.number($0, "each number of \(title)") }
      return values.contains(nil) ? nil : values.compactMap { $0 }
    }
  }
}
