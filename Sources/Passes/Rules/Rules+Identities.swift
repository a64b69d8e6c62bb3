import TensorIR

extension Rule {
  /// Operations that do nothing.
  static let identities: [Rule] = [
    removeIdentity
  ]

  /// Differentiation is over: marks and `stop_gradient` have no meaning left.
  ///
  ///     %1 = identity %0 {mark = 3}   =>   %0
  private static let removeIdentity = Rule("remove-identity") { site in
    if case .identity = site.result.node.op { site[0] } else { nil }
  }
}
