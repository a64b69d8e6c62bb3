import Console
import Modules
import Passes
import TensorIR

/// A function as other compilers want it: with all savings, but nothing fused, and axes as the spec has them.
public struct PortableFunction: Sendable {
  /// `discriminator [wgan_gp]`: the player and what is due, or `sample`.
  public let title: String
  /// The player, `round` or `sample`.
  let owner: String
  /// As lowering wrote it.
  public let function: Function
  /// What it computes, or what one of several ranks does.
  public internal(set) var graph: Graph
}

extension Compiler {
  /// Passes that choose for the kernels of this machine.
  static let kernelPasses: Set<String> = [Pass.chooseLayout.name, Pass.fuse.name]

  /// Every function of an experiment for another compiler, in either precision; `player` narrows them to that player's
  /// steps.
  ///
  /// - Throws: a failure where a pass breaks a graph, a bug of the compiler.
  public func portableFunctions(
    of experiment: CompiledExperiment, player: String?
  ) throws(Failure) -> [PortableFunction] {
    var pipeline = Pipeline.standard
    pipeline.disabled = disabledPasses.union(Self.kernelPasses)
    var functions: [PortableFunction] = []
    for compiled in experiment.functions(of: player) {
      do throws(PassFailure) {
        functions.append(
          PortableFunction(
            title: compiled.title, owner: compiled.owner, function: compiled.function,
            graph: try pipeline.run(compiled.function.graph)))
      } catch {
        throw error.failure
      }
    }
    return functions
  }
}
