import Layers
import Modules
import Spec
import TensorIR

extension Network {
  /// The tensors that the network owns, parameters and buffers, in PyTorch's names, layouts and initial distributions.
  var variables: [Variable] {
    allLayers.flatMap { layer in
      layer.ownedVariables.map { declared in
        Variable(
          name: "\(layer.path).\(declared.suffix)", shape: Shape(declared.shape),
          role: declared.isParameter ? .parameter(network: name) : .buffer(network: name),
          initial: declared.initial.placed(in: layer.path))
      }
    }
  }

  /// Names and shapes of what an optimizer moves, in order.
  var parameters: [(name: String, shape: Shape)] {
    variables.compactMap { variable in
      if case .parameter = variable.role { return (variable.name, variable.shape) }
      return nil
    }
  }

  /// Names of the parameters that are no weights: biases, and what norms own.
  var parametersBesideWeights: [String] {
    zip(parameters, outputAxes).filter { $1 == nil }.map(\.0.name)
  }

  /// Running statistics: the buffers that are no singular vectors.
  var statistics: [Variable] {
    variables.filter { variable in
      guard case .buffer = variable.role else { return false }
      if case .singularVector = variable.initial { return false }
      return true
    }
  }

  /// For each of `parameters` the axis of its layer's outputs; nil for what is no weight.
  var outputAxes: [Int?] {
    allLayers.flatMap { $0.ownedVariables.filter(\.isParameter).map(\.outputAxis) }
  }
}
