import TensorIR

/// Which kernel computes a convolution: lines by instruction set, threads and shape, of which the first that fits
/// decides.
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
  }

  var rules: [Rule]

  /// The table without a kernel: another line decides where it would have been taken.
  public func without(_ kernel: Kernel) -> ConvolutionTable {
    ConvolutionTable(rules: rules.filter { $0.kernel != kernel })
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
      && conditions.allSatisfy { $0.holds(for: call.geometry) }
  }
}

extension ConvolutionTable.Condition {
  fileprivate func holds(for geometry: ConvolutionGeometry) -> Bool {
    let found = quantity.value(of: geometry)
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
  /// What tells shapes apart that minimal filtering and libraries treat differently.
  static let shape: [ConvolutionTable.Quantity] = [
    .batch, .in, .out, .height, .width, .kernelHeight, .kernelWidth, .stride, .groups,
  ]

  func value(of g: ConvolutionGeometry) -> Double {
    switch self {
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
    case .winogradCost: g.minimalFilteringCost
    }
  }
}
