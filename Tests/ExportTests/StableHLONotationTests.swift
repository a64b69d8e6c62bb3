import TensorIR
import Testing

@testable import Export

@Suite struct StableHLONotationTests {
  /// MLIR's grammar wants digits on both sides of the point, and float bits in hexadecimal for what is no number.
  @Test(arguments: [
    (1e-8, "1.0e-08"), (1.5e300, "1.5e+300"), (0.25, "0.25"), (-2, "-2.0"), (-0.0, "-0.0"),
    (-.infinity, "0xFFF0000000000000"), (.nan, "0x7FF8000000000000"),
  ])
  func numbersOfFloat64(value: Double, text: String) {
    #expect(ElementType.float64.mlir(value) == text)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1.0 / 3, "0.33333334"), (1e300, "0x7F800000"), (-.infinity, "0xFF800000"),
    (.nan, "0x7FC00000"), (1e-46, "0.0"),
  ])
  func numbersOfFloat32(value: Double, text: String) {
    #expect(ElementType.float32.mlir(value) == text)
  }

  @Test func strings() {
    #expect("a \"b\" \\ é\n".mlirQuoted == #""a \22b\22 \5C \C3\A9\0A""#)
  }

  @Test func types() {
    #expect(TensorType([2, 3], .float64).mlir == "tensor<2x3xf64>")
    #expect(TensorType([], .float32).mlir == "tensor<f32>")
    #expect(TensorType([4], .float32).mlirCondition == "tensor<4xi1>")
  }
}
