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
}
