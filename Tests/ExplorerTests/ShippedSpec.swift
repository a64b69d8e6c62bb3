import Compilation
import Console
import Foundation

/// Specs of the repository that need no data.
enum ShippedSpec {
  static let paths = [
    "specs/ring/wgan-gp-advas.yaml", "specs/shapes/gan.yaml", "specs/examples/shared-samples.yaml",
    "specs/examples/self-attention.yaml",
  ]

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The spec as compiled, and what it was read from.
  static func compile(
    _ path: String, settings: [String] = []
  ) throws -> (experiment: CompiledExperiment, spec: LoadedSpec, compiler: Compiler) {
    var compiler = Compiler()
    let input = SpecInput(path: root.appending(path: path).path, overrides: settings)
    let spec = try compiler.load(input)
    return (try compiler.compile(checked: spec), spec, compiler)
  }
}
