import TensorIR

extension Pass {
  /// Removes nodes that no result needs.
  ///
  /// Inputs stay: they are the graph's signature.
  ///
  ///     %1 = map %0 {f = exp}             %1 = map %0 {f = tanh}
  ///     %2 = map %0 {f = tanh}     =>     return %1
  ///     return %2
  public static let eliminateDeadCode = Pass("dce", isIdempotent: true) { $0.withoutDeadNodes() }
}
