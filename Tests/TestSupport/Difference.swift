/// The largest |got - expected|; infinite where counts, NaN or infinities disagree.
///
/// `max` over differences would not see a NaN, for in Swift `max(x, .nan)` is x.
public func largestDifference(_ got: [Double], _ expected: [Double]) -> Double {
  guard got.count == expected.count else { return .infinity }
  // A loop without closures: unoptimised test builds spend most of their time here.
  var (worst, i) = (0.0, 0)
  while i < got.count {
    if got[i] != expected[i] && !(got[i].isNaN && expected[i].isNaN) {
      let error = abs(got[i] - expected[i])
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    i += 1
  }
  return worst
}

/// The largest difference relative to the largest expected magnitude that is finite.
public func difference(_ got: [Double], _ expected: [Double]) -> Double {
  let worst = largestDifference(got, expected)
  if worst == 0 { return 0 }
  var (scale, i) = (1e-30, 0)
  while i < expected.count {
    if expected[i].isFinite { scale = max(scale, abs(expected[i])) }
    i += 1
  }
  return worst / scale
}
