extension ValueType: CustomStringConvertible {
  /// What an error calls a value of the type.
  public var description: String {
    switch self {
    case .scalar: "a number"
    case .perSample(let shape):
      isOneNumberPerSample
        ? "one number per sample" : "one value per sample of shape \(shape)"
    case .pairs: "one number per pair of samples"
    case .parameters(let networks): "values shaped as params(\(networks.joined(separator: ", ")))"
    }
  }

  /// `true` for shapes `[]` and `[1]`.
  var isOneNumberPerSample: Bool { self == .perSample([]) || self == .perSample([1]) }

  /// The type of an elementwise function of both, or nil where their elements do not pair up.
  ///
  /// A number meets anything; one number per sample meets any per-sample value; the rest must have equal shapes,
  /// and pairs of samples meet pairs only.
  /// Nothing else is broadcast. (DESIGN section 1.)
  public static func aligned(_ a: ValueType, _ b: ValueType) -> ValueType? {
    if a == b { return a }
    if a == .scalar { return b }
    if b == .scalar { return a }
    guard case .perSample(let left) = a, case .perSample(let right) = b else { return nil }
    if a.isOneNumberPerSample, b.isOneNumberPerSample { return .perSample([]) }
    if a.isOneNumberPerSample { return .perSample(right) }
    if b.isOneNumberPerSample { return .perSample(left) }
    return nil
  }
}
