import Compilation
import Data
import Execution
import Modules
import TensorIR

/// Everything that a run needs to go on from a round: bit for bit, since all randomness is a
/// function of counts.
public struct Snapshot: Hashable, Sendable {
  /// Rounds done.
  public var round: Int
  /// Optimizer steps done, by player.
  public var steps: [String: Int]
  /// One per variable, in the order of the state layout, in the precision of the run.
  package var tensors: [TensorData]
}

extension Compiler.Precision {
  /// The element type of files that hold values of this precision.
  var fileType: TensorData.ElementType { self == .float32 ? .float32 : .float64 }

  /// Values as a file of this precision holds them.
  package func tensor(_ values: [Double], shape: [Int]) -> TensorData {
    switch self {
    case .float32: TensorData(floats: values.map { Float($0) }, shape: shape)
    case .float64: TensorData(doubles: values, shape: shape)
    }
  }
}
