import Syntax
import TensorIR

/// Height and width times `factor`, as torch.nn.Upsample without aligned corners.
///
/// `nearest` repeats each pixel. `bilinear` interpolates between the centres of pixels, at (i + 1/2)/factor - 1/2, and
/// repeats the outermost ones.
package struct Upsample: LayerDefinition {
  private static let factor = Key(
    "factor", .integer(in: 1...256), default: 2, "By which height and width grow."
  ).known(as: "scale", "scale_factor")
  private static let mode = Key(
    "mode", .choice(["nearest", "bilinear"]), default: "nearest",
    "Whether pixels are repeated or interpolated.")

  package static let declaration = LayerDeclaration(
    "upsample",
    synonyms: [
      "interpolate", "upsampling2d", "upsample2d", "upsamplingnearest2d", "upsamplingbilinear2d",
      "nearest", "bilinear",
    ], "Images of `factor` times the height and width.", keys: [factor, mode],
    bareKey: factor)

  let factor: Int
  let isBilinear: Bool

  package init(_ values: KeyValues) {
    factor = values[Self.factor]
    isBilinear = values[Self.mode] == "bilinear"
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "upsample")
    return [image[0], image[1] * factor, image[2] * factor]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    if isBilinear { return [2, 3].reduce(x) { interpolated($0, axis: $1) } }
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return x.broadcast(to: [n, c, h, factor, w, factor], axes: [0, 1, 2, 4])
      .reshape([n, c, h * factor, w * factor])
  }

  /// Zeros between pixels, filtered by a triangle of that width, of x with its outermost pixels repeated once.
  private func interpolated(_ x: Tensor, axis: Int) -> Tensor {
    guard factor > 1 else { return x }
    let count = factor.isMultiple(of: 2) ? 2 * factor : 2 * factor - 1
    let centre = Double(count - 1) / 2
    let taps = (0..<count).map { 1 - abs(Double($0) - centre) / Double(factor) }
    // Pixel 0 of the result is this far from the first that the filter reaches.
    let first = factor + factor / 2
    let edged = x.replicated(axis: axis, [1, 1])
    let total = (edged.shape[axis] - 1) * factor + count
    let behind = total - first - x.shape[axis] * factor
    return AxisFilter(taps: taps).stretch(
      edged, axis: axis, up: factor, before: count - 1 - first, behind: count - factor - behind)
  }
}
