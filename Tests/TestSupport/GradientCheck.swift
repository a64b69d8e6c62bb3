import Autodiff
import Execution
import TensorIR

/// Compares derivatives with central differences in float64.
///
/// L₀ = ⟨r, f(x)⟩ with the cotangent r an input too; Lₖ₊₁ = Σᵢ ⟨sᵢ, ∂Lₖ/∂inputᵢ⟩. The gradient of Lₖ with respect to all
/// inputs so far, cotangents included, is what (k+1)-fold backward uses; it is checked along a random direction.
public struct GradientCheck {
  public struct Outcome: Sendable {
    public let order: Int
    /// |difference quotient - ⟨gradient, direction⟩| over the larger of the two, or over 1 where both are tiny.
    public let relativeError: Double
  }

  /// Checks the derivatives of orders 1 to `orders` of a sample.
  public static func run(_ sample: OperationSample, orders: Int, seed: UInt64) -> [Outcome] {
    let builder = GraphBuilder(element: .float64)
    var inputs = sample.inputs.enumerated().map { builder.input("x\($0.offset)", $0.element) }
    let value = sample.build(inputs)
    let cotangent = builder.input("r", value.shape)
    inputs.append(cotangent)
    var level = (value * cotangent).sum()

    var generator = SplitMix64(seed: seed)
    var outcomes: [Outcome] = []
    for order in 1...orders {
      let gradient = gradients(of: level, withRespectTo: inputs)
      outcomes.append(
        compare(level, gradient, inputs, sample, order: order, generator: &generator))
      guard order < orders else { break }
      var next: Tensor?
      for (index, part) in gradient.enumerated() {
        guard let part else { continue }
        let weight = builder.input("s\(order).\(index)", part.shape)
        inputs.append(weight)
        let term = (weight * part).sum()
        next = next.map { $0 + term } ?? term
      }
      guard let next else { break }
      level = next
    }
    return outcomes
  }

  private static func compare(
    _ level: Tensor, _ gradient: [Tensor?], _ inputs: [Tensor], _ sample: OperationSample,
    order: Int,
    generator: inout SplitMix64
  ) -> Outcome {
    var slope: Tensor?
    var directionInputs: [Tensor] = []
    for (index, input) in inputs.enumerated() {
      let direction = input.builder.input("d\(order).\(index)", input.shape)
      directionInputs.append(direction)
      guard let part = gradient[index] else { continue }
      let term = (part * direction).sum()
      slope = slope.map { $0 + term } ?? term
    }
    let builder = level.builder
    let graph = builder.graph(
      name: "check", results: [("level", level), ("slope", slope ?? builder.constant(0))])

    var values: [String: [Double]] = [:]
    for (index, input) in inputs.enumerated() {
      let range = index < sample.inputs.count ? sample.range : -1...1
      values[input.inputName(in: graph)] = generator.values(input.shape.count, in: range)
    }
    for direction in directionInputs {
      values[direction.inputName(in: graph)] = generator.values(direction.shape.count, in: -1...1)
    }
    func evaluate(step: Double) -> [[Double]] {
      let arguments = graph.inputNames.enumerated().map { position, name -> [Double] in
        let base =
          values[name] ?? [Double](repeating: 0, count: graph.nodes[position].type.shape.count)
        guard let index = inputs.firstIndex(where: { $0.inputName(in: graph) == name }),
          let direction = values["d\(order).\(index)"]
        else { return base }
        return zip(base, direction).map { $0 + step * $1 }
      }
      return Execution.evaluate(graph, inputs: arguments)
    }
    let h = 1e-5
    let quotient = (evaluate(step: h)[0][0] - evaluate(step: -h)[0][0]) / (2 * h)
    let exact = evaluate(step: 0)[1][0]
    let scale = max(1, abs(quotient), abs(exact))
    return Outcome(order: order, relativeError: abs(quotient - exact) / scale)
  }
}

extension Tensor {
  /// The name of the input that the tensor is.
  fileprivate func inputName(in graph: Graph) -> String {
    guard case .input(let input) = builder.node(id).op else { return "" }
    return graph.inputNames[input.index]
  }
}
