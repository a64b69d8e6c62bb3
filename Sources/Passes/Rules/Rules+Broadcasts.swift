import TensorIR

extension Rule {
  /// Repetitions.
  static let broadcasts: [Rule] = [combineBroadcasts, squeezeBroadcast, broadcastToReshape]

  /// A repetition of a repetition.
  ///
  ///     %1 = broadcast %0 {shape = [2, 3], axes = [0]}
  ///     %2 = broadcast %1 {shape = [4, 2, 3], axes = [1, 2]}   =>   %1 = broadcast %0 {shape = [4, 2, 3], axes = [1]}
  private static let combineBroadcasts = Rule("combine-broadcasts") { site in
    guard case .broadcast(let outer) = site.result.op, let (inner, x) = site[0].asBroadcast else {
      return nil
    }
    return x.broadcast(to: outer.shape, axes: inner.axes.map { outer.axes[$0] })
  }

  /// Axes of extent 1 say nothing; without them more broadcasts are equal, and reshapes that made them fall away.
  ///
  ///     %1 = broadcast %0 {shape = [8, 3], axes = [0, 1]} : of f32[1x3] ...
  ///                                                   =>   %1 = reshape %0 {shape = [3]}
  ///                                                        %2 = broadcast %1 {shape = [8, 3], axes = [1]}
  private static let squeezeBroadcast = Rule("squeeze-broadcast") { site in
    guard case .broadcast(let broadcast) = site.result.op else { return nil }
    let x = site[0].shape
    let kept = broadcast.axes.indices.filter { x[$0] != 1 }
    guard kept.count < x.rank else { return nil }
    return site[0].reshape(Shape(x.squeezed))
      .broadcast(to: broadcast.shape, axes: kept.map { broadcast.axes[$0] })
  }

  /// Nothing is repeated along axes of extent 1.
  ///
  ///     %1 = broadcast %0 {shape = [3, 1], axes = [0]}   =>   %1 = reshape %0 {shape = [3, 1]}
  private static let broadcastToReshape = Rule("broadcast-to-reshape") { site in
    guard case .broadcast = site.result.op, site[0].shape.count == site.result.shape.count else {
      return nil
    }
    return site[0].reshape(site.result.shape)
  }
}
