import Execution
import Planning
import TensorIR

extension Compiler.Precision {
  /// Elements of scratch memory that the engine's kernel for a call needs.
  var workspace: (KernelCall) -> Int { { _ in 0 } }

  /// An engine of this precision whose variables are all 0.
  func makeEngine(layout: StateLayout, executables: [Executable], threads: Int) -> any Engine {
    ReferenceEngine(layout: layout, executables: executables)
  }
}
