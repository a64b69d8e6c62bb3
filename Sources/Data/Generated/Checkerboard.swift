import Diagnostics
import Random
import Syntax

/// The black fields of a checkerboard, each uniformly filled and a class of its own, from the lower left.
///
/// The defaults are the toy data of Grathwohl and others 2019 (FFJORD): four fields along each side of [-4, 4]².
public struct Checkerboard: DatasetDefinition {
  /// Fields along one side.
  public var fields: Int
  /// Length of one side.
  public var size: Double
  public var noise: Double

  public init(fields: Int, size: Double, noise: Double) {
    self.fields = fields
    self.size = size
    self.noise = noise
  }

  public var sampleShape: [Int] { [2] }
  public var labelWidth: Int? { (fields * fields + 1) / 2 }
  public var path: String? { nil }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    try Parameter.require(fields, "fields", atMost: 1000)
    try Parameter.require(size, "size")
    try Parameter.require(noise, "noise")
    return .distribution(Board(fields: fields, size: size, noise: noise))
  }

  private struct Board: PlaneDistribution {
    let fields: Int
    let size: Double
    let noise: Double

    var modeCount: Int { (fields * fields + 1) / 2 }
    var extent: ClosedRange<Double> { -size / 2...size / 2 }
    private var side: Double { size / Double(fields) }

    /// Lower left corner of a black field: every second one, in rows.
    private func corner(of mode: Int) -> SIMD2<Double> {
      var field = 2 * mode
      // Of an even number of fields, odd rows begin with a white one.
      if fields.isMultiple(of: 2), !(field / fields).isMultiple(of: 2) { field += 1 }
      return SIMD2(Double(field % fields), Double(field / fields)) * side - size / 2
    }

    func centre(at i: Int, streams: DistributionStreams, step: UInt64) -> SIMD2<Float> {
      let place = SIMD2(
        streams.place.uniform(at: i, step: step), streams.details.uniform(at: i, step: step))
      let point = corner(of: mode(at: i, streams: streams, step: step)) + side * place
      return SIMD2(Float(point.x), Float(point.y))
    }
  }
}

extension DatasetType {
  private static let fields = Key(
    "fields", .integer(in: 1...100), default: 4, "Fields along one side of the board.")
  private static let size = Key("size", .positive, default: 8, "Length of one side of the board.")
  private static let noise = Key(
    "noise", .nonnegative, default: 0, "Standard deviation of the noise on each axis.")

  static let checkerboard = DatasetType(
    "checkerboard", "The black fields of a checkerboard.", keys: [fields, size, noise]
  ) { Checkerboard(fields: $0[fields], size: $0[size], noise: $0[noise]) }
}
