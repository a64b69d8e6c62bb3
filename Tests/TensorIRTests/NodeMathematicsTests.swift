import TensorIR
import Testing

/// Formulas of nodes as people write them.
@Suite struct NodeMathematicsTests {
  private let text = """
    graph @formulas(%0 x: f32[4x3], %1 w: f32[5x3], %2 image: f32[2x3x8x8], %3 filter: f32[4x3x3x3]) {
      %4 = matmul %0, %1 {ta = false, tb = true} : f32[4x5]
      %5 = reduce %4 {kind = sum, axes = [0]} : f32[5]
      %6 = reduce %4 {kind = max, axes = [0, 1]} : f32[]
      %7 = map %5 {f = square} : f32[5]
      %8 = zip %5, %7 {f = divide} : f32[5]
      %9 = transpose %4 {permutation = [1, 0]} : f32[5x4]
      %10 = slice %4 {starts = [0, 1], limits = [2, 5]} : f32[2x4]
      %11 = concatenate %4, %4 {axis = 0} : f32[8x5]
      %12 = reverse %11 {axis = 0} : f32[8x5]
      %13 = reshape %12 {shape = [40]} : f32[40]
      return %13 result
    }
    """

  @Test(arguments: [
    (0, "given: x"), (4, "%0 · %1ᵀ"), (5, "Σ over axis 0 of %4"), (6, "max over axes 0, 1 of %4"),
    (7, "square(%5)"), (8, "%5 / %7"), (9, "%4 with its axes in the order 1, 0"),
    (10, "%4[0..<2, 1..<5]"), (11, "[%4 | %4] along axis 0"), (12, "%11 backwards along axis 0"),
    (13, "%12 as [40], in the same order"),
  ])
  func formula(node: Int, expected: String) throws {
    #expect(try Graph(parsing: text).mathematics(of: node) == expected)
  }
}
