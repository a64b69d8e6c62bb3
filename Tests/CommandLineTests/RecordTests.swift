import Data
import Foundation
import Testing

@Suite struct RecordTests {
  @Test(arguments: ["float32", "float64"])
  func replayingARecordRecordsTheSameBytes(precision: String) throws {
    let place = try Workplace()
    #expect(
      try place.run("record", "spec.yaml", "a.safetensors", "--at", "3", "--precision", precision)
        .status == 0)
    let again = try place.run(
      "replay", "spec.yaml", "a.safetensors", "--record", "b.safetensors", "--precision",
      precision)
    #expect(again.status == 0, "\(again.error)")
    #expect(try place.bytes("a.safetensors") == place.bytes("b.safetensors"))
    #expect(!FileManager.default.fileExists(atPath: place.file("runs").path))
  }

  /// Random numbers of layers are draws like any others.
  @Test func masksOfDropoutAreReplayed() throws {
    let place = try Workplace()
    let layers = "networks.D.layers=[linear: 8, dropout, linear: 1]"
    let first = try place.run(
      "record", "spec.yaml", "a.safetensors", "--at", "2", "--set", layers)
    #expect(first.status == 0, "\(first.error)")
    let again = try place.run(
      "replay", "spec.yaml", "a.safetensors", "--record", "b.safetensors", "--set", layers)
    #expect(again.status == 0, "\(again.error)")
    #expect(try place.bytes("a.safetensors") == place.bytes("b.safetensors"))
    let tensors = try SafetensorsFile(path: place.file("a.safetensors").path).tensors
    #expect(tensors["draws/generator/0/D.1.mask"]?.shape == [16, 8])
    #expect(tensors["draws/discriminator/0/D.1.mask@2"]?.shape == [16, 8])
  }

  @Test func aRecordHasEverythingThatARoundNeeds() throws {
    let place = try Workplace()
    #expect(try place.run("record", "spec.yaml", "a.safetensors", "--at", "2").status == 0)
    let tensors = try SafetensorsFile(path: place.file("a.safetensors").path).tensors
    for (name, shape) in [
      ("parameters/G.0.weight", [16, 2]), ("buffers/G.1.running_var", [16]),
      ("optimizer/discriminator/D.0.weight/m", [16, 2]),
      ("optimizer/discriminator/D.0.weight/step", []), ("before/discriminator/1/D.2.bias", [1]),
      ("before/generator/0/D.2.bias", [1]), ("draws/discriminator/1/x", [16, 2]),
      ("draws/discriminator/0/wgan_gp.t", [16]), ("draws/generator/0/z", [16, 2]),
      ("inputs/generator/0/step/learningRate", []),
      ("scalars/discriminator/0/wgan_gp.weight", []), ("scalars/generator/0/advas.weight", []),
      ("gradients/generator/0/G.3.bias", [2]), ("gradients/generator/0/advas/G.3.bias", [2]),
      ("updated/G.1.running_mean", [16]),
    ] {
      #expect(tensors[name]?.shape == shape, "\(name)")
    }
    // Every second step of the discriminator has the penalty; round 2 begins with its step 4.
    #expect(tensors["scalars/discriminator/1/wgan_gp"] == nil)
    #expect(tensors["optimizer/discriminator/D.0.weight/step"]?.integers == [4])
    #expect(tensors["scalars/discriminator/0/wgan_gp.weight"]?.floats == [20])
  }

  @Test func aReplayTakesItsInputsFromTheFile() throws {
    let place = try Workplace()
    #expect(try place.run("record", "spec.yaml", "a.safetensors").status == 0)
    var file = try SafetensorsFile(path: place.file("a.safetensors").path)
    let zeros = TensorData(floats: [Float](repeating: 0, count: 32), shape: [16, 2])
    file.tensors = ["draws/generator/0/z": zeros]
    try file.write(to: place.file("b.safetensors").path)
    #expect(
      try place.run("replay", "spec.yaml", "b.safetensors", "--record", "c.safetensors").status
        == 0)
    let tensors = try SafetensorsFile(path: place.file("c.safetensors").path).tensors
    #expect(tensors["draws/generator/0/z"] == zeros)
    let first = try SafetensorsFile(path: place.file("a.safetensors").path).tensors
    #expect(tensors["draws/generator/0/x"] == first["draws/generator/0/x"])
    #expect(tensors["scalars/generator/0/loss"] != first["scalars/generator/0/loss"])
  }

  @Test(arguments: [
    ("draws/generator/0/zz", [16, 2], "does not know"),
    ("parameters/G.0.weigth", [16, 2], "did you mean"),
    ("parameters/G.0.weight", [2, 16], "has shape [2, 16], expected [16, 2]"),
    ("draws/generator/1/z", [16, 2], "does not know"),
  ])
  func unknownNamesAndShapesAreErrors(name: String, shape: [Int], message: String) throws {
    let place = try Workplace()
    let tensor = TensorData(floats: [Float](repeating: 0, count: 32), shape: shape)
    try SafetensorsFile(tensors: [name: tensor]).write(to: place.file("r.safetensors").path)
    let result = try place.run("replay", "spec.yaml", "r.safetensors")
    #expect(result.status == 2)
    #expect(result.error.contains(message), "\(result.error)")
    #expect(result.error.contains(name))
  }
}
