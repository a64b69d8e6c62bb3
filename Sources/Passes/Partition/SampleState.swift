import TensorIR

/// Where a value of the whole batch is when its samples are dealt to ranks.
///
/// States follow from where samples enter and from what operations do with them, never from sizes: 64 channels are not
/// taken for 64 samples.
enum SampleState: Hashable {
  /// The same on every rank.
  case replicated
  /// Every rank has its own samples.
  case split(SampleFactor)
  /// The value is the sum of what the ranks have.
  case partial

  /// Where the samples are, if they are split.
  var factor: SampleFactor? {
    if case .split(let factor) = self { factor } else { nil }
  }
}

/// A game that cannot be dealt to so many ranks.
public struct Unpartitionable: Error, Hashable, Sendable {
  /// The input whose samples do not divide.
  public let input: String
  /// Its samples.
  public let count: Int
  /// The ranks that they were to be dealt to.
  public let ranks: Int

  /// Says that `count` samples of `input` do not divide by the ranks.
  public init(input: String, count: Int, ranks: Int) {
    (self.input, self.count, self.ranks) = (input, count, ranks)
  }

  /// Numbers of ranks, from 2 on, that divide the samples.
  public var divisors: [Int] { count < 2 ? [] : (2...count).filter { count % $0 == 0 } }
}
