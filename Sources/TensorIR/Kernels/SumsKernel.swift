/// Sums of values that a scalar program computes.
///
/// Result s, o, c is the sum over r of register `sums[s]` at element (o · rows + r) · columns + c.
public struct SumsKernel: Hashable, Sendable {
  /// The elements of a sweep in the order of memory, of which the rows are added up.
  public struct Extents: Hashable, Sendable {
    /// Elements of the axes before those that disappear.
    public var outer: Int
    /// Elements of the axes that disappear.
    public var rows: Int
    /// Elements of the axes behind them.
    public var columns: Int

    /// Nil where kept axes lie between axes that disappear.
    public init?(_ shape: Shape, _ axes: [Int]) {
      let reduced = axes.filter { shape[$0] != 1 }
      let (first, last) = (reduced.first ?? shape.rank, reduced.last ?? shape.rank - 1)
      guard first > last || (first...last).allSatisfy({ shape[$0] == 1 || axes.contains($0) })
      else { return nil }
      func product(_ axes: Range<Int>) -> Int { axes.reduce(1) { $0 * shape[$1] } }
      outer = product(0..<first)
      rows = first > last ? 1 : product(first..<last + 1)
      columns = first > last ? 1 : product(last + 1..<shape.rank)
    }

    /// Elements of the sweep.
    public var count: Int { outer * rows * columns }
  }

  /// What is computed for each element of the sweep.
  public var program: ScalarProgram
  /// The registers that are added up, one per result.
  public var sums: [Int]
  /// Which elements are added up.
  public var extents: Extents

  public init(program: ScalarProgram, sums: [Int], extents: Extents) {
    self.program = program
    self.sums = sums
    self.extents = extents
  }
}
