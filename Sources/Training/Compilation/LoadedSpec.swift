import Diagnostics
import Spec

/// A spec that was read and checked.
public struct LoadedSpec: Sendable {
  public var experiment: Experiment
  /// With every value and where it comes from; itself a spec.
  public var resolvedText: String
  /// Warnings and notes.
  public var diagnostics: DiagnosticBag
  /// What each run of the spec's `sweep` sets; empty without a sweep.
  public var runs: [String] = []
}

extension Compiler {
  /// Reads the spec at `path` with everything that it includes and checks it.
  ///
  /// - Parameters:
  ///   - overrides: `key.path=value`, later ones over earlier ones.
  ///   - includes: specs laid over the file, before the overrides.
  ///   - run: the run of the spec's `sweep`, from 0; nil is the spec without it.
  /// - Throws: a failure with every fault of the spec.
  public mutating func load(
    path: String, overrides: [String] = [], includes: [String] = [], run: Int? = nil
  ) throws(Failure) -> LoadedSpec {
    let result = timed("load") {
      SpecLoader(overrides: overrides, includes: includes, run: run).load(path: path)
    }
    guard let experiment = result.experiment, let config = result.config else {
      throw Failure(.faultyInput, result.diagnostics)
    }
    return LoadedSpec(
      experiment: experiment, resolvedText: config.text, diagnostics: result.diagnostics,
      runs: result.runs)
  }
}
