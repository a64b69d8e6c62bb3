import Syntax
import TensorIR

/// Each sample moved along its width by a random number of places of -n...n, filled up by reflection.
///
/// Donahue, McAuley, Puckette 2019, Adversarial Audio Synthesis, section 3.3. The number is a constant for derivatives,
/// and another one for every sample and every call; the authors' code has one for all samples of a batch.
package struct PhaseShuffle: LayerDefinition {
  private static let most = Key(
    "n", .integer(in: 0...Limits.kernel), default: 2, "By how many places at most; 0 for none.")

  package static let declaration = LayerDeclaration(
    "phase_shuffle", synonyms: ["phaseshuffle"],
    "Each sample moved along its width by a random number of places, filled up by reflection.",
    keys: [most], bareKey: most, draws: true)

  private let most: Int

  package init(_ values: KeyValues) { most = values[Self.most] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "phase_shuffle")
    guard most < image[2] else {
      throw ShapeFault(
        "'phase_shuffle' cannot move its operand \(describe(shape: image)) by \(most) places, since it has \(image[2])",
        hint: "reflection repeats no outermost place, so that it has one less to give")
    }
    return image
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    guard most > 0 else { return x }
    let drawn = site.draw("shift", .uniform(low: 0, high: 1), batch: x.shape[0], [])
    let padded = x.reflected(axis: 3, [most, most])
    func window(_ start: Int) -> Tensor {
      var (low, high) = ([0, 0, 0, 0], x.shape.dimensions)
      low[3] += start
      high[3] += start
      return padded.slice(low, high)
    }
    let count = 2 * most + 1
    return (1..<count).reduce(window(0)) { moved, start in
      let bound = site.builder.constant(Double(start) / Double(count), drawn.shape)
      let isBeyond = drawn.zip(.greaterEqual, bound).broadcast(to: x.shape, axes: [0])
      return window(start).select(where: isBeyond, else: moved)
    }
  }
}
