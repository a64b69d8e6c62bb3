import TensorIR

/// Which kernel computes a convolution: lines by instruction set, threads and shape, of which the first that fits
/// decides; `patches` where none does.
///
/// A choice depends on nothing else, so that the same table and threads give the same bytes. The table that comes with
/// advas is `Tables/convolutions.table`; `text` is the form that it is read in.
public struct ConvolutionTable: Hashable, Sendable {
  /// Ways to compute a convolution, each for some of the shapes.
  public enum Kernel: String, Hashable, Sendable, CaseIterable {
    /// One matrix product, where the filter covers one pixel or the whole image.
    case product
    /// Winograd's minimal filtering, by our own kernels.
    case winograd
    /// Sums of products between one to four channels and many, by our own kernels.
    case fewChannels = "few_channels"
    /// A filter for each channel, by our own kernel.
    case depthwise
    /// One matrix product of all patches, for images of few pixels and many channels.
    case gathered
    /// oneDNN's direct kernels.
    case oneDNN = "onednn"
    /// im2col and matrix products: takes every shape.
    case patches
  }

  /// What a line may ask about a shape.
  enum Quantity: String, Hashable, Sendable, CaseIterable {
    case batch, `in`, out, height, width, stride, groups, tiles
    case kernelHeight = "kernel_height"
    case kernelWidth = "kernel_width"
    case strideHeight = "stride_height"
    case strideWidth = "stride_width"
    case dilationHeight = "dilation_height"
    case dilationWidth = "dilation_width"
    case padTop = "pad_top"
    case padBottom = "pad_bottom"
    case padLeft = "pad_left"
    case padRight = "pad_right"
    /// 1 or 0.
    case channelsLast = "channels_last"
    case winogradCost = "winograd_cost"
  }

  enum Comparison: String, Hashable, Sendable, CaseIterable {
    // The longer ones first, as a reader tries them.
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
    case less = "<"
    case greater = ">"
  }

  struct Condition: Hashable, Sendable {
    var quantity: Quantity
    var comparison: Comparison
    var value: Int
  }

  /// One line; nil stands for any.
  struct Rule: Hashable, Sendable {
    var instructionSet: InstructionSet?
    var threads: Int?
    var direction: ConvolutionDirection?
    var conditions: [Condition] = []
    var kernel: Kernel

    /// `true` iff both lines fit the same convolutions, as far as their words tell.
    func asksTheSame(as other: Rule) -> Bool {
      instructionSet == other.instructionSet && threads == other.threads
        && direction == other.direction && Set(conditions) == Set(other.conditions)
    }
  }

  var rules: [Rule]

  /// The table without a kernel: another line decides where it would have been taken.
  ///
  /// Where no line is left, the one that all tables end in takes their place: a text without lines is no table.
  public func without(_ kernel: Kernel) -> ConvolutionTable {
    let others = rules.filter { $0.kernel != kernel }
    return ConvolutionTable(rules: others.isEmpty ? [Rule(kernel: .patches)] : others)
  }

  /// The table with a kernel wherever it takes the shape, behind matrix products, which lose nothing.
  public func preferring(_ kernel: Kernel) -> ConvolutionTable {
    ConvolutionTable(rules: [Rule(kernel: .product), Rule(kernel: kernel)] + rules)
  }

  /// Kernels to be tried for a convolution, in order.
  func kernels(for call: ConvolutionKernel, _ options: EngineOptions) -> [Kernel] {
    rules.filter { $0.fits(call, options) }.map(\.kernel)
  }
}

extension ConvolutionTable.Rule {
  fileprivate func fits(_ call: ConvolutionKernel, _ options: EngineOptions) -> Bool {
    (instructionSet ?? options.instructionSet) == options.instructionSet
      && (threads ?? options.threads) == options.threads
      && (direction ?? call.direction) == call.direction
      && conditions.allSatisfy { $0.holds(for: call) }
  }
}

extension ConvolutionTable.Condition {
  fileprivate func holds(for call: ConvolutionKernel) -> Bool {
    let found = quantity.value(of: call)
    return switch comparison {
    case .atMost: found <= Double(value)
    case .atLeast: found >= Double(value)
    case .equal: found == Double(value)
    case .less: found < Double(value)
    case .greater: found > Double(value)
    }
  }
}

extension ConvolutionTable.Quantity {
  /// What tells any two convolutions of one direction apart.
  static let shape: [ConvolutionTable.Quantity] = [
    .batch, .in, .out, .height, .width, .kernelHeight, .kernelWidth, .strideHeight, .strideWidth,
    .dilationHeight, .dilationWidth, .padTop, .padBottom, .padLeft, .padRight, .groups,
    .channelsLast,
  ]

  func value(of call: ConvolutionKernel) -> Double {
    let g = call.geometry
    return switch self {
    case .batch: Double(g.batch)
    case .in: Double(g.groupInChannels)
    case .out: Double(g.groupOutChannels)
    case .height: Double(g.inSize[0])
    case .width: Double(g.inSize[1])
    case .stride: Double(max(g.stride[0], g.stride[1]))
    case .groups: Double(g.groups)
    case .tiles: Double(g.batch * g.tilesPerImage)
    case .kernelHeight: Double(g.kernel[0])
    case .kernelWidth: Double(g.kernel[1])
    case .strideHeight: Double(g.stride[0])
    case .strideWidth: Double(g.stride[1])
    case .dilationHeight: Double(g.dilation[0])
    case .dilationWidth: Double(g.dilation[1])
    case .padTop: Double(g.padLow[0])
    case .padBottom: Double(g.padHigh[0])
    case .padLeft: Double(g.padLow[1])
    case .padRight: Double(g.padHigh[1])
    case .channelsLast: call.layout == .nhwc ? 1 : 0
    case .winogradCost: g.minimalFilteringCost
    }
  }
}
