import Functions

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
    case .tensor(let shape): "a value of shape \(shape)"
    }
  }

  /// `true` for shapes `[]` and `[1]`.
  var isOneNumberPerSample: Bool { self == .perSample([]) || self == .perSample([1]) }

  /// Whether there is one value for each sample, or for each pair of samples.
  var hasSamples: Bool { self == .pairs || shape?.hasBatch ?? false }

  /// The shape of a number or tensor; nil for pairs and for the many tensors of `params`.
  public var shape: ValueShape? {
    switch self {
    case .scalar: .scalar
    case .perSample(let sizes): ValueShape(hasBatch: true, sizes)
    case .tensor(let shape): shape
    case .pairs, .parameters: nil
    }
  }

  /// The type of a value of the given shape.
  public init(_ shape: ValueShape) {
    if shape == .scalar {
      self = .scalar
    } else if shape.hasBatch, !shape.hasFreeAxes {
      self = .perSample(shape.sizes)
    } else {
      self = .tensor(shape)
    }
  }

  /// The type of an elementwise function of both, or nil where their elements do not pair up.
  ///
  /// A number meets anything; one number per sample meets any per-sample value; the rest must have equal shapes, but
  /// for axes that a reduction has left. Pairs of samples meet pairs only. Nothing else is broadcast.
  public static func aligned(_ a: ValueType, _ b: ValueType) -> ValueType? {
    if a == b { return a }
    if a == .scalar { return b }
    if b == .scalar { return a }
    guard let left = a.shape, let right = b.shape else { return nil }
    return ValueShape.aligned(left, right).map { ValueType($0) }
  }
}
