import Syntax
import TensorIR

/// The largest value of each window, as torch.nn.MaxPool2d.
///
/// A gradient goes to the first maximum in the order of rows, at every order of derivatives.
package struct MaxPool: LayerDefinition {
  private static let padding = PoolingWindow.padding(
    "Rows and columns on each side that no maximum is taken from.")

  package static let declaration = LayerDeclaration(
    "max_pool", synonyms: ["maxpool", "maxpool2d", "max_pool2d", "maxpooling2d"],
    "Maxima of rectangles; the first of equal ones takes the gradient.",
    keys: [PoolingWindow.kernel, PoolingWindow.stride, padding], bareKey: PoolingWindow.kernel)

  private let window: PoolingWindow

  package init(_ values: KeyValues) { window = PoolingWindow(values, padding: Self.padding) }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    try window.outputShape(inputs[0], "max_pool")
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    // Within rows first: the first row that has the maximum then gives its first one.
    let padded = window.padded(operands[0], fill: -.infinity)
    return maxima(of: maxima(of: padded, axis: 3), axis: 2)
  }

  /// The maxima of windows along one axis, each the first of equal ones.
  private func maxima(of x: Tensor, axis: Int) -> Tensor {
    let (kernel, stride) = (window.kernel[axis - 2], window.stride[axis - 2])
    let count = (x.shape[axis] - kernel) / stride + 1
    let candidates = x.steps(count, of: stride, axis: axis, starts: 0..<kernel)
    return candidates.dropFirst().reduce(candidates[0]) { largest, next in
      next.select(where: next.zip(.greater, largest), else: largest)
    }
  }
}
