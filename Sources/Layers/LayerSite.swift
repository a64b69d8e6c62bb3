import TensorIR

/// Where a layer is written: its variables, its random values, and what this call of the network may move.
package struct LayerSite {
  /// What the graph around the layer gives it.
  package struct Surroundings {
    /// `true` in training steps, `false` for samples.
    package var isTraining: Bool
    /// Whether this call moves running statistics.
    package var movesBuffers: Bool
    /// Whether this step moves the vectors of weight transforms, which all its calls then share.
    package var iteratesPower: Bool
    /// The current value of a variable.
    package var read: (_ name: String, _ shape: Shape) -> Tensor
    /// Random values, one `shape` for each of `batch` samples; one for all of them where that is nil.
    package var draw:
      (_ name: String, _ distribution: DrawDistribution, _ batch: Int?, _ shape: [Int]) -> Tensor

    package init(
      isTraining: Bool, movesBuffers: Bool, iteratesPower: Bool,
      read: @escaping (String, Shape) -> Tensor,
      draw: @escaping (String, DrawDistribution, Int?, [Int]) -> Tensor
    ) {
      self.isTraining = isTraining
      self.movesBuffers = movesBuffers
      self.iteratesPower = iteratesPower
      self.read = read
      self.draw = draw
    }
  }

  package let builder: GraphBuilder
  /// The layer's full name, `D.3`, with which those of its variables begin.
  package let path: String
  /// Next values of buffers, by full name.
  package private(set) var moved: [String: Tensor]
  private let declared: [VariableDeclaration]
  private let transform: (any WeightTransform)?
  private let surroundings: Surroundings

  /// A site of a layer that owns `declared`; `moved` are buffers that earlier calls of this step have moved.
  package init(
    _ path: String, _ declared: [VariableDeclaration], _ transform: (any WeightTransform)?,
    _ builder: GraphBuilder, _ surroundings: Surroundings, moved: [String: Tensor]
  ) {
    self.path = path
    self.declared = declared
    self.transform = transform
    self.builder = builder
    self.surroundings = surroundings
    self.moved = moved
  }

  /// A site of a layer that owns and draws nothing.
  package static func pure(_ builder: GraphBuilder) -> LayerSite {
    let surroundings = Surroundings(
      isTraining: true, movesBuffers: false, iteratesPower: false,
      read: { name, _ in preconditionFailure("a layer without variables reads '\(name)'") },
      draw: { name, _, _, _ in preconditionFailure("a layer without draws draws '\(name)'") })
    return LayerSite("", [], nil, builder, surroundings, moved: [:])
  }

  package var isTraining: Bool { surroundings.isTraining }
  package var movesBuffers: Bool { surroundings.movesBuffers }
  package var iteratesPower: Bool { surroundings.iteratesPower }

  /// A parameter or buffer as it stands; a buffer that this step has moved already, as it became.
  ///
  /// - Requires: the layer declares it.
  package func variable(_ suffix: String) -> Tensor {
    moved[path + "." + suffix] ?? stored(declaration(of: suffix))
  }

  /// A weight as the layer multiplies by it: transformed, where the spec asks for that.
  ///
  /// - Requires: the layer declares it with the role `weight`.
  package mutating func weight(_ suffix: String = "weight") -> Tensor {
    let weight = declaration(of: suffix)
    guard let transform, weight.outputAxis != nil else { return stored(weight) }
    return transform.apply(to: weight, &self)
  }

  /// A bias as the layer adds it, transformed with the weight beside it; any other variable as it stands.
  ///
  /// - Requires: the layer declares it.
  package func added(_ suffix: String) -> Tensor {
    let value = variable(suffix)
    guard let transform, declared.hasWeight(beside: declaration(of: suffix)) else { return value }
    return transform.apply(toBias: value)
  }

  /// A parameter or buffer as the step found it.
  func stored(_ declaration: VariableDeclaration) -> Tensor {
    surroundings.read(path + "." + declaration.suffix, Shape(declaration.shape))
  }

  /// Gives a buffer its next value.
  package mutating func move(_ suffix: String, to value: Tensor) {
    moved[path + "." + suffix] = value
  }

  /// Random values of one shape for each of `batch` samples, or for all of them where that is nil; other ones for each
  /// layer and each call.
  ///
  /// `name` tells several of one layer apart; the values are recorded as `<path>.<name>`.
  package func draw(
    _ name: String, _ distribution: DrawDistribution, batch: Int?, _ shape: [Int]
  ) -> Tensor {
    surroundings.draw(path + "." + name, distribution, batch, shape)
  }

  private func declaration(of suffix: String) -> VariableDeclaration {
    guard let found = declared.first(where: { $0.suffix == suffix }) else {
      preconditionFailure("layer \(path) does not declare '\(suffix)'")
    }
    return found
  }

  /// y + b, b having one element per channel, where the layer has a bias; transformed with the weight.
  func biased(_ y: Tensor, _ hasBias: Bool) -> Tensor {
    guard hasBias else { return y }
    let bias = variable("bias")
    return y + (transform?.apply(toBias: bias) ?? bias).perChannel(y.shape)
  }
}

extension Tensor {
  /// One element per channel repeated over batch and places; `self` has one axis, `shape` its channels at axis 1.
  package func perChannel(_ shape: Shape) -> Tensor { broadcast(to: shape, axes: [1]) }
}
