/// How well points cover a mixture of equal Gaussians: the usual measure of mode collapse on toy
/// data.
///
/// A point is of high quality when it lies within three standard deviations of the nearest centre;
/// a mode is covered when at least one in a hundred of all points is such a point of it. (The
/// protocol of Metz and others 2017 and of VEEGAN, Srivastava and others 2017, with a threshold that does
/// not depend on the number of points.)
public struct ModeCoverage: Hashable, Sendable {
  /// Centres of the Gaussians.
  public let centres: [SIMD2<Double>]
  /// Their common standard deviation, on each axis.
  public let deviation: Double

  /// The share of all points that a mode needs.
  public static let leastShare = 0.01

  /// Makes the measure for Gaussians at `centres`.
  public init(centres: [SIMD2<Double>], deviation: Double) {
    self.centres = centres
    self.deviation = deviation
  }

  /// What some points are worth.
  public struct Score: Hashable, Sendable {
    /// Share of the points that are of high quality, 0...1; 0 of no points.
    public var highQuality: Double
    /// Number of modes covered.
    public var covered: Int
    /// Number of modes there are.
    public var modes: Int
  }

  /// The score of `points`, x and y in turn; points that are not finite are of low quality.
  public func score(_ points: [Float]) -> Score {
    let count = points.count / 2
    let hits = hits(points)
    let needed = max(1, Int((Self.leastShare * Double(count)).rounded(.up)))
    return Score(
      highQuality: count == 0 ? 0 : Double(hits.reduce(0, +)) / Double(count),
      covered: hits.count { $0 >= needed }, modes: centres.count)
  }

  /// Points of high quality of each mode.
  public func hits(_ points: [Float]) -> [Int] {
    var hits = [Int](repeating: 0, count: centres.count)
    for i in 0..<points.count / 2 {
      let point = SIMD2(Double(points[2 * i]), Double(points[2 * i + 1]))
      if let mode = mode(of: point) { hits[mode] += 1 }
    }
    return hits
  }

  /// The nearest centre where it is near enough.
  private func mode(of point: SIMD2<Double>) -> Int? {
    var best: (mode: Int, distance: Double)?
    for (mode, centre) in centres.enumerated() {
      let offset = point - centre
      let distance = (offset * offset).sum()
      if distance < best?.distance ?? .infinity { best = (mode, distance) }
    }
    guard let best, best.distance <= 9 * deviation * deviation else { return nil }
    return best.mode
  }
}
