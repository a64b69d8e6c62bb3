import Syntax
import TensorIR

/// Rows and columns around images, as torch.nn.functional.pad.
package struct PadLayer: LayerDefinition {
  private static let sides = Key.required(
    "sides", .sides, example: "sides: [0, 1, 0, 1]", "How many rows and columns are added."
  ).known(as: "padding", "pad")
  private static let mode = Key(
    "mode", .choice(["zeros", "reflect", "replicate"]), default: "zeros",
    "What is added: zeros, the image mirrored at its outermost pixels, or those pixels again.")

  package static let declaration = LayerDeclaration(
    "pad",
    synonyms: [
      "zeropad2d", "zero_pad", "zeropadding2d", "reflectionpad2d", "replicationpad2d",
      "reflection_pad", "padding",
    ],
    "Rows and columns around images.", keys: [sides, mode], bareKey: sides)

  private let sides: Sides
  private let mode: String

  package init(_ values: KeyValues) {
    sides = Sides(values[Self.sides])
    mode = values[Self.mode]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "pad")
    for axis in 1..<3 where mode == "reflect" {
      let most = sides[axis + 1].max() ?? 0
      guard most < image[axis] else {
        throw ShapeFault(
          "'pad' cannot mirror \(most) \(axis == 1 ? "rows" : "columns") of its operand \(describe(shape: image)), which has \(image[axis])",
          hint: "reflection repeats no outermost pixel, so that it has one less to give")
      }
    }
    return [image[0], image[1] + sides.rows.reduce(0, +), image[2] + sides.columns.reduce(0, +)]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    switch mode {
    case "reflect": return [2, 3].reduce(x) { $0.reflected(axis: $1, sides[$1]) }
    case "replicate": return [2, 3].reduce(x) { $0.replicated(axis: $1, sides[$1]) }
    default: return x.pad(low: sides.low, high: sides.high)
    }
  }
}

extension Tensor {
  /// The outermost elements along an axis again, `sides[0]` times before and `sides[1]` times behind.
  func replicated(axis: Int, _ sides: [Int]) -> Tensor {
    func repeated(_ start: Int, _ count: Int) -> Tensor? {
      guard count > 0 else { return nil }
      var (one, many) = (shape.dimensions, shape.dimensions)
      one.remove(at: axis)
      many[axis] = count
      return part(axis, from: start, 1).reshape(Shape(one))
        .broadcast(to: Shape(many), axes: (0..<shape.rank).filter { $0 != axis })
    }
    let parts = [repeated(0, sides[0]), self, repeated(shape[axis] - 1, sides[1])]
    return concatenate(parts.compactMap { $0 }, axis: axis)
  }

  /// The elements along an axis mirrored at the outermost ones, which are not repeated.
  func reflected(axis: Int, _ sides: [Int]) -> Tensor {
    func mirrored(_ start: Int, _ count: Int) -> Tensor? {
      guard count > 0 else { return nil }
      return builder.emit(.reverse(Reverse(axis: axis)), [part(axis, from: start, count)])
    }
    let last = shape[axis] - 1
    let parts = [mirrored(1, sides[0]), self, mirrored(last - sides[1], sides[1])]
    return concatenate(parts.compactMap { $0 }, axis: axis)
  }
}
