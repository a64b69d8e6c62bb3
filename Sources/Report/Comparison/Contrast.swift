import Metrics

/// One figure of two values of a key, paired over seeds.
struct Contrast: Sendable {
  let key: FigureKey
  /// The round that the figures are of.
  let round: Int
  /// Of each pair; not a number where a figure is not finite.
  let first: [Double]
  let second: [Double]

  /// Of the pairs, the second less the first.
  var differences: [Double] { zip(first, second).map { $1 - $0 } }
  /// `true` iff every figure is finite: a mean of the others would flatter who diverged.
  var isFinite: Bool { (first + second).allSatisfy(\.isFinite) }
  var difference: Summary { Summary(differences) }
  /// By the exact sign-flip test.
  var probability: Double { SignFlipTest.probability(differences) }

  /// Pairs in which the second is better; nil where no side is.
  var wins: Int? {
    switch key.better {
    case .less: differences.count { $0 < 0 }
    case .more: differences.count { $0 > 0 }
    case nil: nil
    }
  }

  /// Which of both is better how often, by their names: `B in 4 of 5`.
  func verdict(_ first: String, _ second: String) -> String {
    guard let wins else { return "" }
    let pairs = differences.count
    let ties = differences.count { $0 == 0 }
    let losses = pairs - wins - ties
    if wins == losses { return ties == pairs ? "equal" : "neither" }
    return wins > losses ? "\(second) in \(wins) of \(pairs)" : "\(first) in \(losses) of \(pairs)"
  }
}
