import Diagnostics
import Spec
import Syntax
import Testing

/// The repository's folder, with its last slash.
let repository = #filePath.components(beforeLast: 4)

/// A small whole spec whose parts can be replaced.
struct SpecFixture {
  var head = "spec: 1\nname: fixture\n"
  var data = "data:\n  x: {type: ring, batch: 8}\nlatent:\n  z: {shape: [2]}\n"
  var generator = "[linear: 8, relu, linear: 2]"
  var discriminator = "[linear: 8, relu, linear: 1]"
  var game = "objective: wgan\n"
  var tail = "optimizer: {type: adam, lr: 1e-4}\ntrain: {total: 10}\n"
  /// Most fixtures are smaller than anything that would train well.
  var lint = "lint: {silence: [unconstrained_critic]}\n"

  var text: String {
    head + data + "networks:\n  G:\n    input: z\n    layers: \(generator)\n"
      + "  D:\n    input: x\n    layers: \(discriminator)\n" + game + tail + lint
  }

  /// The experiment; every diagnostic is an issue of the test.
  func load(
    _ overrides: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Experiment {
    let result = SpecLoader(overrides: overrides).load(text: text)
    #expect(
      result.diagnostics.isEmpty, "\(result.diagnostics.rendered)", sourceLocation: sourceLocation)
    return try #require(result.experiment, sourceLocation: sourceLocation)
  }
}

extension String {
  /// The path without its last `count` components.
  fileprivate func components(beforeLast count: Int) -> String {
    split(separator: "/", omittingEmptySubsequences: false).dropLast(count).joined(separator: "/")
      + "/"
  }
}
