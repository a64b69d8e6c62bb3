import Diagnostics
import Random
import Syntax

/// Sounds of one event each: tones, strings, bells and chirps, which are the classes.
///
/// Pitch, loudness, onset and decay are uniform; values lie in [-1, 1]. Partials turn by plain multiplications, so that
/// every machine makes the same bytes.
public struct Tones: DatasetDefinition {
  public let sampleShape: [Int]

  public init(shape: [Int]) { sampleShape = shape }

  public var labelWidth: Int? { SoundEvent.Kind.allCases.count }
  public var path: String? { nil }
  public var valueRange: ClosedRange<Double>? { -1...1 }

  public func checkShape() throws(Diagnostic) {
    guard sampleShape.count == 3, sampleShape[0] == 1, sampleShape[1] == 1, sampleShape[2] >= 256
    else {
      throw Diagnostic(
        .error, "tones cannot be samples of shape \(sampleShape)",
        hint: "write [1, 1, length], from 256 values on")
    }
  }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try checkShape()
    return .distribution(Played(sampleShape: sampleShape))
  }

  private struct Played: SampleDistribution {
    let sampleShape: [Int]
    let bounds = -1.0...1.0

    var modeCount: Int { SoundEvent.Kind.allCases.count }

    func fill(
      _ out: UnsafeMutableBufferPointer<Float>, streams: DistributionStreams, step: UInt64
    ) {
      let length = sampleShape.reduce(1, *)
      for i in 0..<(out.count / length) {
        let kind = SoundEvent.Kind.allCases[mode(at: i, streams: streams, step: step)]
        let numbers = (0..<4).map { streams.details.uniform(at: 4 * i + $0, step: step) }
        let tone = SoundEvent(
          kind: kind, pitch: 0.004 + 0.016 * numbers[0], loudness: 0.4 + 0.6 * numbers[1],
          onset: Int(numbers[2] * Double(length) / 8),
          decay: (0.1 + 0.3 * numbers[3]) * Double(length))
        tone.play(into: .init(rebasing: out[(i * length)..<((i + 1) * length)]))
      }
    }
  }
}

/// One sound event.
struct SoundEvent {
  enum Kind: CaseIterable { case tone, string, bell, chirp }

  var kind: Kind
  /// Turns of the lowest partial from one value to the next.
  var pitch: Double
  /// The largest sum of its partials.
  var loudness: Double
  /// Values before it begins.
  var onset: Int
  /// Values in which it falls to about 1/e.
  var decay: Double

  /// Multiples of the pitch, with how loud each is beside the first and how much faster it fades.
  private var partials: [(multiple: Double, weight: Double, haste: Double)] {
    switch kind {
    case .tone, .chirp: [(1, 1, 1)]
    case .string: (1...6).map { (Double($0), 1 / Double($0), Double($0)) }
    // The ratios of a bar that is free at both ends.
    case .bell: [(1, 1, 1), (2.756, 0.6, 1.5), (5.404, 0.4, 2.5), (8.933, 0.25, 4)]
    }
  }

  func play(into out: UnsafeMutableBufferPointer<Float>) {
    let partials = partials
    let total = partials.reduce(0) { $0 + $1.weight }
    var sums = [Double](repeating: 0, count: max(0, out.count - onset))
    for partial in partials {
      var (cosine, sine) = (1.0, 0.0)
      var turn = unitCircle(turns: pitch * partial.multiple)
      // A chirp's frequency rises to three times what it began with.
      let bend =
        kind == .chirp
        ? unitCircle(turns: 2 * pitch / Double(out.count)) : (cosine: 1.0, sine: 0.0)
      var amplitude = loudness * partial.weight / total
      let fading = 1 - partial.haste / decay
      for i in sums.indices {
        sums[i] += amplitude * sine
        (cosine, sine) = (
          cosine * turn.cosine - sine * turn.sine, cosine * turn.sine + sine * turn.cosine
        )
        turn = (
          turn.cosine * bend.cosine - turn.sine * bend.sine,
          turn.cosine * bend.sine + turn.sine * bend.cosine
        )
        amplitude *= fading
      }
    }
    out.update(repeating: 0)
    for (i, sum) in sums.enumerated() { out[onset + i] = Float(sum) }
  }
}

extension DatasetType {
  private static let shape = Key(
    "shape", .shape, default: [1, 1, 16384],
    "One channel, height 1, and as many values as a sound has.")

  static let tones = DatasetType(
    "tones", "Played tones, strings, bells and chirps of any pitch; values -1 to 1.", keys: [shape]
  ) { Tones(shape: $0[shape]) }
}
