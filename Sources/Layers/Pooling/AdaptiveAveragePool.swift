import Syntax
import TensorIR

/// Means of as many rectangles as the result has places, as torch.nn.AdaptiveAvgPool2d.
///
/// Place i of o sees rows ⌊iH/o⌋ to ⌈(i + 1)H/o⌉ - 1, which overlap where o does not divide H.
package struct AdaptiveAveragePool: LayerDefinition {
  private static let size = Key.required(
    "size", .pair(in: 1...Limits.kernel), example: "size: 4", "Height and width of the result."
  ).known(as: "output_size")

  package static let declaration = LayerDeclaration(
    "adaptive_average_pool", synonyms: ["adaptive_avg_pool", "adaptive_pool"],
    "Means of rectangles of which height and width have `size`; they overlap where it does not divide them.",
    keys: [size], bareKey: size)

  private let size: [Int]

  package init(_ values: KeyValues) { size = values[Self.size] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    [try ShapeFault.image(inputs[0], "adaptive_average_pool")[0]] + size
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    means(of: means(of: operands[0], axis: 2), axis: 3)
  }

  private func means(of x: Tensor, axis: Int) -> Tensor {
    let (length, count) = (x.shape[axis], size[axis - 2])
    var shape = x.shape.dimensions
    guard length != count else { return x }
    guard !length.isMultiple(of: count) else {
      shape.replaceSubrange(axis...axis, with: [count, length / count])
      return (Double(count) / Double(length)) * x.reshape(Shape(shape)).sum([axis + 1])
    }
    shape[axis] = 1
    let windows = (0..<count).map { place -> Tensor in
      let start = place * length / count
      let width = ((place + 1) * length + count - 1) / count - start
      let sum = x.part(axis, from: start, width).sum([axis])
      return (1 / Double(width)) * sum.reshape(Shape(shape))
    }
    return concatenate(windows, axis: axis)
  }
}
