/// What a data stream reads, as far as this target must know it; mirrors the data set of a checked spec.
public struct DatasetDescription: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Images in idx files; `path` is their folder, `split` is `train` or `test`.
    case idx(path: String, split: String)
    /// `modes` Gaussians of standard deviation `sigma` on a circle of `radius`.
    case ring(modes: Int, radius: Double, sigma: Double)
    /// `side`×`side` Gaussians, `spacing` apart, centred at the origin.
    case grid(side: Int, spacing: Double, sigma: Double)
    /// The swiss roll seen along its axis, scaled as in WGAN-GP's toy experiments; `noise` before the scaling.
    case swissRoll(noise: Double)
    /// Two interleaving half circles.
    case moons(noise: Double)
  }

  public var kind: Kind
  /// What the data's smallest and largest values are mapped to; nil leaves them as they are.
  public var range: ClosedRange<Double>?

  public init(_ kind: Kind, range: ClosedRange<Double>? = nil) {
    self.kind = kind
    self.range = range
  }
}
