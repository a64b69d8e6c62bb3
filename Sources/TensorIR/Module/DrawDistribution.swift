/// The distribution of random values that the loop writes before a step.
public enum DrawDistribution: Hashable, Sendable {
  case uniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
  /// Standard normal numbers, those of a magnitude above `bound` drawn again.
  case truncated(bound: Double)
  /// One-hot vectors of this many classes, each as likely as the others.
  case classes(Int)
}
