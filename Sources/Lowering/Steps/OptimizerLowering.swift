import Spec
import TensorIR

/// What one optimizer step does to one parameter: the next values of the parameter and of its state.
struct ParameterUpdate {
  var parameter: Tensor
  /// By slot name.
  var state: [(slot: String, value: Tensor)]
}

extension Optimizer {
  /// Names of the tensors that the method keeps beside each parameter, each of the parameter's shape.
  var slots: [String] {
    switch method {
    case .adam, .adamW: ["m", "v"]
    case .adagrad: ["sum"]
    case .rmsprop(_, _, let momentum): momentum == 0 ? ["v"] : ["m", "v"]
    case .sgd(let momentum, _): momentum == 0 ? [] : ["m"]
    }
  }

  /// What the elements of a slot start at.
  func initialValue(of slot: String) -> Double {
    if case .adagrad(_, let sum, _) = method { sum } else { 0 }
  }

  /// The update in PyTorch's order of operations.
  ///
  /// `state` are current values by slot, `scalar` gives the step's numbers as graph inputs.
  func update(
    _ parameter: Tensor, gradient: Tensor, state: [String: Tensor], scalar: (StepScalar) -> Tensor
  ) -> ParameterUpdate {
    let decayed = weightDecay == 0 ? gradient : gradient + weightDecay * parameter
    let rate = scalar(.learningRate)
    func spread(_ s: Tensor) -> Tensor { s.broadcast(to: parameter.shape) }
    func moment(_ slot: String) -> Tensor {
      state[slot] ?? parameter.builder.constant(0, parameter.shape)
    }

    switch method {
    case .adam(let beta1, let beta2, let epsilon):
      return adam(
        parameter, gradient: decayed, state: state, betas: (beta1, beta2), epsilon: epsilon, scalar)

    case .adamW(let beta1, let beta2, let epsilon):
      let kept = spread((-weightDecay * rate) + 1) * parameter
      return adam(
        kept, gradient: gradient, state: state, betas: (beta1, beta2), epsilon: epsilon, scalar)

    case .adagrad(_, _, let epsilon):
      let sum = moment("sum") + decayed.map(.square)
      let step = spread(rate) * (decayed / (sum.map(.sqrt) + epsilon))
      return ParameterUpdate(parameter: parameter - step, state: [("sum", sum)])

    case .rmsprop(let alpha, let epsilon, let momentum):
      let v = alpha * moment("v") + (1 - alpha) * decayed.map(.square)
      let direction = decayed / (v.map(.sqrt) + epsilon)
      guard momentum != 0 else {
        return ParameterUpdate(parameter: parameter - spread(rate) * direction, state: [("v", v)])
      }
      let m = momentum * moment("m") + direction
      return ParameterUpdate(
        parameter: parameter - spread(rate) * m, state: [("m", m), ("v", v)])

    case .sgd(let momentum, let nesterov):
      guard momentum != 0 else {
        return ParameterUpdate(parameter: parameter - spread(rate) * decayed, state: [])
      }
      let m = momentum * moment("m") + decayed
      let direction = nesterov ? decayed + momentum * m : m
      return ParameterUpdate(parameter: parameter - spread(rate) * direction, state: [("m", m)])
    }
  }

  /// Kingma and Ba 2015, algorithm 1, with ε where PyTorch has it.
  private func adam(
    _ parameter: Tensor, gradient: Tensor, state: [String: Tensor], betas: (Double, Double),
    epsilon: Double, _ scalar: (StepScalar) -> Tensor
  ) -> ParameterUpdate {
    func spread(_ s: Tensor) -> Tensor { s.broadcast(to: parameter.shape) }
    func moment(_ slot: String) -> Tensor {
      state[slot] ?? parameter.builder.constant(0, parameter.shape)
    }
    let m = betas.0 * moment("m") + (1 - betas.0) * gradient
    let v = betas.1 * moment("v") + (1 - betas.1) * gradient.map(.square)
    let step = scalar(.learningRate) / scalar(.adamBias1)
    let root = v.map(.sqrt) / spread(scalar(.adamBias2Root)) + epsilon
    return ParameterUpdate(
      parameter: parameter - spread(step) * (m / root), state: [("m", m), ("v", v)])
  }
}
