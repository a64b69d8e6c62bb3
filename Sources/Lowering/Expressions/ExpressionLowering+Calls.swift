import Layers
import Modules
import Spec
import TensorIR

/// Calls of networks, and what their layers draw.
extension ExpressionLowering {
  func call(
    _ name: String, _ arguments: [TypedExpression], _ output: String?, _ context: ExpressionContext
  ) -> Tensor {
    let first = plainCall(name, arguments, output, context)
    guard name == interpolated, context.draw == 1 else { return first }
    var others = context
    others.draw = 2
    let second = plainCall(name, arguments, output, others)
    let place = input(
      .draw(name: PathDraw.name, .uniform(low: 0, high: 1)), Shape([first.shape[0]]))
    return first + place.broadcast(to: first.shape, axes: [0]) * (second - first)
  }

  private func plainCall(
    _ name: String, _ arguments: [TypedExpression], _ output: String?, _ context: ExpressionContext
  ) -> Tensor {
    let trained = experiment.players.first { $0.name == context.player }?.trains ?? []
    let cutsAfter = context.half != nil && !trained.contains(name)
    let inner = cutsAfter ? context.full : context
    let values = arguments.map { lower($0, inner).tensor }
    let result = apply(name, values, output, inner) { [self] in
      inner.half == nil ? values : arguments.map { lower($0, inner.full).tensor }
    }
    return cutsAfter ? cut(result, context) : result
  }

  /// The value of a call; `full` are its arguments for the full batch.
  private func apply(
    _ name: String, _ values: [Tensor], _ output: String?, _ context: ExpressionContext,
    full: @escaping () -> [Tensor]
  ) -> Tensor {
    guard let network = experiment.networks.first(where: { $0.name == name }) else {
      preconditionFailure("the checker let the unknown network '\(name)' pass")
    }
    for variable in network.variables {
      let name = scope.storedName(of: variable.name)
      sources[name] = .variable(name)
    }
    let call = NetworkCall(network: name, arguments: values.map(\.id))
    let moves = context.moving.contains(name) && movedCalls.insert(call).inserted
    let buffers = moves ? movedBuffers : buffersFound[call] ?? movedBuffers
    if buffersFound[call] == nil { buffersFound[call] = buffers }
    let origin = builder.origin
    var lowering = NetworkLowering(
      builder: builder, mode: mode, buffers: buffers
    ) { [self] path, distribution, batch, shape in
      // A draw, and the half that is cut from it, are operands of the network and no part of it.
      let inside = builder.origin
      builder.origin = origin
      defer { builder.origin = inside }
      let whole = full()
      let call = NetworkCall(network: name, arguments: whole.map(\.id))
      return draw(
        path, distribution, batch: batch, of: whole.first?.shape[0], shape,
        DrawingCall(call: call, draw: context.draw), context)
    }
    lowering.movesBuffers = moves
    lowering.scope = scope
    lowering.iteratesPower = trained.contains(name)
    lowering.mergesResampling = mergesResampling
    let result = lowering.apply(network, to: values, output: output)
    // A call that was met before knows nothing of what others have moved since.
    movedBuffers.merge(lowering.buffers) { moves ? $1 : $0 }
    return result
  }
}

extension ExpressionLowering {
  /// Random values of a layer.
  ///
  /// They are the same wherever one step makes the same call, on halves of the batch, which has `whole` samples, too, and
  /// others for every other call. Those of a network's second call are recorded as `D.3.mask@2`.
  private func draw(
    _ path: String, _ distribution: DrawDistribution, batch: Int?, of whole: Int?, _ shape: [Int],
    _ call: DrawingCall, _ context: ExpressionContext
  ) -> Tensor {
    if !drawingCalls.contains(call) { drawingCalls.append(call) }
    let calls = drawingCalls.filter { $0.call.network == call.call.network }
    let index = calls.firstIndex(of: call) ?? 0
    let name = index == 0 ? path : "\(path)@\(index + 1)"
    // One value for all samples has none of them to cut.
    guard let batch else { return input(.draw(name: name, distribution), Shape(shape)) }
    if fixesNoise {
      return input(.draw(name: name, distribution), Shape(shape))
        .broadcast(to: Shape([batch] + shape), axes: shape.indices.map { $0 + 1 })
    }
    // Of packs, a batch may have one more than its halves.
    let samples = context.half == nil ? batch : whole ?? 2 * batch
    return cut(input(.draw(name: name, distribution), Shape([samples] + shape)), context)
  }
}
