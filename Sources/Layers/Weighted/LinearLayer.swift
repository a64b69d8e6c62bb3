import Syntax
import TensorIR

/// y = x·Wᵀ + b with W `[out, in]`, as torch.nn.Linear.
package struct LinearLayer: LayerDefinition {
  private static let out = Key.required("out", .size, "Features that come out.")
    .known(as: "units", "features", "out_features")
  private static let bias = Key("bias", .boolean, default: true, "Whether a bias is added.")

  package static let declaration = LayerDeclaration(
    "linear", synonyms: ["dense", "fc", "fully_connected", "affine", "gemm"],
    "x*W' + b on `[features]`, W being `[out, in]`.", keys: [out, bias], bareKey: out,
    hasWeights: true, knownShape: { [$0[out]] })

  let out: Int
  let bias: Bool

  package init(_ values: KeyValues) {
    out = values[Self.out]
    bias = values[Self.bias]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    guard inputs[0].count == 1 else {
      throw ShapeFault(
        "'linear' needs one axis of features, but its operand is \(describe(shape: inputs[0]))",
        hint: "put 'flatten' before it")
    }
    return [out]
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] {
    VariableDeclaration.weight([out, inputs[0][0]], bias: bias ? out : nil)
  }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    site.biased(operands[0].matmul(site.weight(), transposeB: true), bias)
  }
}
