/// The energy distance (Székely and Rizzo 2013): 2E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ ≥ 0, over all pairs.
///
/// 0 for equal distributions only. `scipy.stats.energy_distance` is the square root of it in one dimension.
public enum EnergyDistance {
  /// The distance of two sets of rows.
  public static func distance(_ x: Matrix, _ y: Matrix, _ workers: Workers) -> Double {
    guard x.rows > 0, y.rows > 0 else { return .nan }
    func mean(_ a: Matrix, _ b: Matrix) -> Double {
      let sum = Pairs(.squaredDistance, a, b).sum(workers) { max(0, $0).squareRoot() }
      return sum / (Double(a.rows) * Double(b.rows))
    }
    return 2 * mean(x, y) - mean(x, x) - mean(y, y)
  }
}
