import Diagnostics
import Syntax

/// How many graphs the periods of a player's penalties ask for: each set of penalties that is due in some step is
/// compiled for itself, and n periods without a common factor have 2ⁿ sets.
enum PenaltyPeriods {
  /// Sets of penalties that one player may have.
  static let limit = 64

  /// Reports a player whose penalties are due in too many combinations.
  static func check(_ player: Player, _ context: CheckingContext) {
    let periods = Set(player.penalties.map(\.every)).sorted()
    guard exceedsLimit(periods),
      let last = player.penalties.last(where: { $0.every > 1 })
    else { return }
    context.error(
      "penalties of player '\(player.name)' are due every \(periods.map(String.init).joined(separator: ", ")) steps, in more than \(limit) combinations, and each is a graph to compile",
      at: last.span, hint: "use multiples of one another for 'every', such as 2, 4 and 8")
  }

  /// A set is due at the least common multiple of its periods, so there are as many as multiples, and the empty one.
  private static func exceedsLimit(_ periods: [Int]) -> Bool {
    var multiples: Set<Int> = []
    for period in periods {
      for multiple in multiples { multiples.insert(leastCommonMultiple(multiple, period)) }
      multiples.insert(period)
      if multiples.count >= limit { return true }
    }
    return false
  }

  /// 0 where it leaves the range of Int.
  private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    guard x != 0 else { return 0 }
    let (product, overflow) = (a / x).multipliedReportingOverflow(by: b)
    return overflow ? 0 : product
  }
}
