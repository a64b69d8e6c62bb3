import Syntax
import TensorIR

/// y = x·W of a one-hot x, the row of W `[classes, out]` that belongs to a class, as torch.nn.Embedding.
///
/// A product, so that a mixture of classes gives the mixture of their rows.
package struct Embedding: LayerDefinition {
  private static let out = Key.required("out", .size, "Features of a class.")
    .known(as: "embedding_dim", "dim", "features", "units")

  package static let declaration = LayerDeclaration(
    "embedding", synonyms: ["embed", "embedding_layer"],
    "A learned vector for each class of a one-hot `[classes]`, W being `[classes, out]`.",
    keys: [out], bareKey: out, hasWeights: true, knownShape: { [$0[out]] })

  private let out: Int

  package init(_ values: KeyValues) { out = values[Self.out] }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    guard inputs[0].count == 1 else {
      throw ShapeFault(
        "'embedding' needs one number for each class, but its operand is \(describe(shape: inputs[0]))"
      )
    }
    return [out]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    [
      VariableDeclaration(
        "weight", [inputs[0][0], out], .weight(outputs: 0), .normal(deviation: 1))
    ]
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    operands[0].matmul(site.weight())
  }
}
