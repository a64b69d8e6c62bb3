/// One direction of the trilinear form T(x, w, g) = ⟨g, x ∗ w⟩; each derivative of one direction is
/// another direction with the same geometry.
///
/// A transposed convolution is an input-gradient.
public enum ConvolutionDirection: String, Hashable, Sendable, CaseIterable {
  /// `(x, w) → y`
  case forward
  /// `(g, w) → x`, all of the input's extent written
  case inputGradient = "input_gradient"
  /// `(x, g) → w`
  case filterGradient = "filter_gradient"
}

/// A two-dimensional convolution (cross-correlation, as the field means it) or one of its adjoints.
public struct Convolution: Operation {
  public static let mnemonic = "convolution"
  /// Which of the three tensors is the result.
  public let direction: ConvolutionDirection
  /// Sizes, strides and paddings.
  public let geometry: ConvolutionGeometry
  /// The order of the axes of images.
  public let layout: ImageLayout

  public init(
    _ direction: ConvolutionDirection, _ geometry: ConvolutionGeometry,
    _ layout: ImageLayout = .nchw
  ) {
    self.direction = direction
    self.geometry = geometry
    self.layout = layout
  }

  public init(_ reader: inout AttributeReader) throws(TypeError) {
    direction = try reader.choice("direction", of: ConvolutionDirection.self)
    layout = try reader.choice("layout", of: ImageLayout.self)
    let n = try reader.integers("input")
    let out = try reader.integer("out")
    guard n.count == 4 else { throw TypeError("'input' is batch, channels, height, width") }
    var pairs: [[Int]] = []
    for name in ["kernel", "stride", "low", "high", "dilation"] {
      let pair = try reader.integers(name)
      guard pair.count == 2 else { throw TypeError("'\(name)' is height, width") }
      pairs.append(pair)
    }
    geometry = ConvolutionGeometry(
      batch: n[0], inChannels: n[1], inSize: [n[2], n[3]], outChannels: out, kernel: pairs[0],
      stride: pairs[1], padLow: pairs[2], padHigh: pairs[3], dilation: pairs[4],
      groups: try reader.integer("groups"))
  }

  public var attributes: [Attribute] {
    let g = geometry
    return [
      Attribute("direction", .word(direction.rawValue)),
      Attribute("layout", .word(layout.rawValue)),
      Attribute("input", .integers([g.batch, g.inChannels] + g.inSize)),
      Attribute("out", .integer(g.outChannels)), Attribute("kernel", .integers(g.kernel)),
      Attribute("stride", .integers(g.stride)), Attribute("low", .integers(g.padLow)),
      Attribute("high", .integers(g.padHigh)), Attribute("dilation", .integers(g.dilation)),
      Attribute("groups", .integer(g.groups)),
    ]
  }

  /// Shapes of the two operands and of the result.
  private var shapes: (Shape, Shape, Shape) {
    let (x, w, y) = (
      geometry.inputShape(layout), geometry.filterShape, geometry.outputShape(layout)
    )
    return switch direction {
    case .forward: (x, w, y)
    case .inputGradient: (y, w, x)
    case .filterGradient: (x, y, w)
    }
  }

  public func resultType(_ operands: [TensorType]) throws(TypeError) -> TensorType {
    try expectCount(operands, 2)
    guard geometry.groups > 0, geometry.inChannels % geometry.groups == 0,
      geometry.outChannels % geometry.groups == 0
    else { throw TypeError("\(geometry.groups) groups do not divide the channels") }
    let (a, b, result) = shapes
    guard operands[0].shape == a, operands[1].shape == b else {
      throw TypeError(
        "needs \(a.dimensions) and \(b.dimensions), got \(operands[0]) and \(operands[1])")
    }
    return operands[0].with(shape: result)
  }

  public func vjp(_ site: Site, _ dy: Tensor) -> [Tensor?] {
    func emit(_ direction: ConvolutionDirection, _ a: Tensor, _ b: Tensor) -> Tensor {
      site.builder.emit(.convolution(Convolution(direction, geometry, layout)), [a, b])
    }
    let (a, b) = (site[0], site[1])
    return switch direction {
    case .forward: [emit(.inputGradient, dy, b), emit(.filterGradient, a, dy)]
    case .inputGradient: [emit(.forward, dy, b), emit(.filterGradient, dy, a)]
    case .filterGradient: [emit(.inputGradient, b, dy), emit(.forward, a, dy)]
    }
  }

  public func kernel(_ operands: [TensorType], _ result: TensorType) -> KernelCall {
    .convolution(ConvolutionKernel(direction: direction, geometry: geometry, layout: layout))
  }

  // MARK: What passes ask

  public var linearOperands: [Int] { [0, 1] }

  public func sampleOperands(_ operands: [Shape], _ result: Shape) -> [Int]? {
    direction == .filterGradient ? nil : [0]
  }

  public func sumsOverSamples(_ operands: [Shape]) -> Bool { direction == .filterGradient }

  public func resized(toSamples count: Int) -> Op {
    var geometry = geometry
    geometry.batch = count
    return .convolution(Convolution(direction, geometry, layout))
  }

  public func permuted(by order: [Int]) -> Op? { nil }

  public func instruction(reading registers: [Int]) -> ScalarProgram.Instruction? { nil }

  public var isContraction: Bool { true }

  public func deciders(_ site: Site) -> [Tensor] { [] }
}
