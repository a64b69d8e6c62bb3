import Planning
import TensorIR

/// What kind of work a kernel call is, as far as its speed goes: calls of one class run at similar shares of the machine's
/// ceilings.
public struct CostClass: Hashable, Sendable, CustomStringConvertible {
  /// As `costs.table` names it: `onednn.forward`, `matmul`, `elementwise.small`.
  public let description: String
  /// Below so many bytes operands and result stay in caches from one kernel to the next.
  private static let smallBytes = 1_000_000.0

  /// The class of a step of a program; nil for one that does nothing.
  public init?(of step: Program.Step, _ options: EngineOptions) {
    let name: String
    switch step.call {
    case .input, .alias: return nil
    case .convolution(let kernel):
      // Its operands are read many times, so that where they lie at first matters little.
      description = "\(ConvolutionPlan(kernel, options).name).\(kernel.direction.rawValue)"
      return
    case .fill: name = "fill"
    case .elementwise: name = "elementwise"
    case .matmul: name = "matmul"
    case .reduce: name = "reduce"
    case .sums: name = "sums"
    case .copy: name = "copy"
    case .collective: name = "collective"
    }
    description = name + (step.movedBytes < Self.smallBytes ? ".small" : "")
  }
}

extension Program.Step {
  /// Bytes of operands and result in single precision, each moved once.
  public var movedBytes: Double {
    Double(([result] + operands).reduce(0) { $0 + $1.count } * 4)
  }
}

extension ConvolutionPlan {
  fileprivate var name: String {
    switch self {
    case .product: ConvolutionTable.Kernel.product.rawValue
    case .winograd: ConvolutionTable.Kernel.winograd.rawValue
    case .fewChannels: ConvolutionTable.Kernel.fewChannels.rawValue
    case .depthwise: ConvolutionTable.Kernel.depthwise.rawValue
    case .gathered: ConvolutionTable.Kernel.gathered.rawValue
    case .patches: ConvolutionTable.Kernel.patches.rawValue
    case .library: ConvolutionTable.Kernel.oneDNN.rawValue
    }
  }
}
