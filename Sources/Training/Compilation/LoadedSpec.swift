import Diagnostics
import Spec

/// A spec that was read and checked.
public struct LoadedSpec: Sendable {
  public var experiment: Experiment
  /// With every value and where it comes from; itself a spec.
  public var resolvedText: String
  /// Warnings and notes.
  public var diagnostics: DiagnosticBag
}

extension Compiler {
  /// Reads the spec at `path` with everything that it includes and checks it.
  ///
  /// - Parameters:
  ///   - overrides: `key.path=value`, later ones over earlier ones.
  ///   - includes: specs laid over the file, before the overrides.
  /// - Throws: a failure with every fault of the spec.
  public mutating func load(
    path: String, overrides: [String] = [], includes: [String] = []
  ) throws(Failure) -> LoadedSpec {
    let result = timed("load") {
      SpecLoader(overrides: overrides, includes: includes).load(path: path)
    }
    guard let experiment = result.experiment, let config = result.config else {
      throw Failure(.faultyInput, result.diagnostics)
    }
    return LoadedSpec(
      experiment: experiment, resolvedText: config.text, diagnostics: result.diagnostics)
  }
}
