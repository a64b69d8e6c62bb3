import Diagnostics
import Lowering
import Modules
import Spec
import TestSupport
import Testing

/// How weights start that a transform works on.
@Suite struct WeightStartTests {
  private static let network = "kind: weight_transform, player: discriminator"

  /// What is wrong with a game whose discriminator ends in such a layer.
  private func faults(_ layer: String, _ regularizers: String) throws -> [Diagnostic] {
    let text = SmallGames.mlp(regularizers: regularizers)
      .replacing("{linear: 1}", with: "{linear: {out: 1, \(layer)}}")
    return lower(try SmallGames.load(text)).functions.flatMap(\.faults)
  }

  /// Whether a layer asks for the transform, or a regularizer for all of its network.
  @Test(arguments: [
    (
      "init: zeros, weight_norm: true", "",
      "'weight_norm' divides 'D.2.weight' by its size, but it starts as 0"
    ),
    (
      "init: {normal: 0}", "spectral_norm",
      "'spectral_norm' divides 'D.2.weight' by its size, but it starts as 0"
    ),
    (
      "init: {constant: 0}", "{name: q, \(network), value: weight_norm}",
      "'weight_norm' divides 'D.2.weight' by its size, but it starts as 0"
    ),
    (
      "init: {constant: 1}, weight_standardization: {eps: 0}", "",
      "'weight_standardization' divides 'D.2.weight' by its deviation, but it starts as one number"
    ),
    (
      "init: {constant: 3}", "{name: q, \(network), value: equalized}",
      "'equalized' says how the weight of 'D.2' starts, and so does its 'init'"
    ),
  ])
  func startsThatATransformCannotTake(
    layer: String, regularizers: String, message: String
  ) throws {
    let faults = try faults(layer, regularizers)
    #expect(Set(faults.map(\.message)) == [message])
    #expect(faults.allSatisfy { $0.span?.text == "linear" })
  }

  @Test(arguments: [
    ("init: zeros", ""), ("init: zeros, weight_standardization: true", ""),
    ("init: {normal: {mean: 1, deviation: 0}}, weight_norm: true", ""),
    ("init: orthogonal", "spectral_norm"), ("bias_init: 0", "spectral_norm"),
    ("bias_init: 0", "{name: q, \(network), value: equalized}"),
  ])
  func startsThatItTakes(layer: String, regularizers: String) throws {
    #expect(try faults(layer, regularizers).isEmpty)
  }

  /// Weights of a file start as they are there, but for those that it may lack.
  @Test(arguments: [("", true), (", missing: [\"0.*\"]", true), (", missing: [\"2.*\"]", false)])
  func firstWeightsOfAFile(excused: String, isFine: Bool) throws {
    let text = SmallGames.mlp()
      .replacing("{linear: 1}", with: "{linear: {out: 1, init: zeros, weight_norm: true}}")
      .replacing("  D:\n", with: "  D:\n    from: {path: w.safetensors\(excused)}\n")
    let faults = lower(try SmallGames.load(text)).functions.flatMap(\.faults)
    #expect(faults.isEmpty == isFine, "\(faults.map(\.message))")
  }
}
