import TensorIR

extension Pass {
  /// Computes equal expressions once.
  ///
  /// Operands of commutative functions are ordered first, so that `a + b` and `b + a` are equal.
  ///
  ///     %2 = zip %1, %0 {f = add}         %2 = zip %0, %1 {f = add}
  ///     %3 = zip %0, %1 {f = add}   =>    %3 = zip %2, %2 {f = multiply}
  ///     %4 = zip %2, %3 {f = multiply}
  public static let eliminateCommonSubexpressions = Pass("cse", isIdempotent: true) {
    graph in
    GraphRewriter.rewrite(graph) { node, operands, builder in
      guard case .zip(let zip) = node.op, zip.function.isCommutative,
        operands[1].id < operands[0].id
      else { return builder.emit(node.op, operands, knownAs: node.type) }
      return builder.emit(node.op, [operands[1], operands[0]], knownAs: node.type)
    }
  }
}

extension ZipFunction {
  /// `true` iff exchanging the operands gives the same bits. (The maximum of a number and a NaN
  /// depends on the order.)
  var isCommutative: Bool { self == .add || self == .multiply || self == .equal }
}
