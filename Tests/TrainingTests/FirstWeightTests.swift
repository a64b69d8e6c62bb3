import Compilation
import Data
import Diagnostics
import Foundation
import GameSupport
import Planning
import TensorIR
import Testing

@testable import Training

/// `from` of a network: files of first weights.
@Suite struct FirstWeightTests {
  /// Weights of the small game's generator as a plain module has them, each number another one.
  private static let generator: [String: TensorData] = {
    let shapes = [
      "0.weight": [8, 2], "0.bias": [8], "1.weight": [8], "1.bias": [8], "1.running_mean": [8],
      "1.running_var": [8], "3.weight": [2, 8], "3.bias": [2],
    ]
    var next: Float = 0
    return shapes.sorted { $0.key < $1.key }.reduce(into: [:]) { tensors, entry in
      let count = entry.value.reduce(1, *)
      tensors[entry.key] = TensorData(
        floats: (0..<count).map { next + Float($0) }, shape: entry.value)
      next += Float(count)
    }
  }()

  private func path(_ tensors: [String: TensorData]) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "advas-weights-\(UUID().uuidString).safetensors")
    try SafetensorsFile(tensors: tensors).write(to: file.path)
    return file.path
  }

  private func trainer(_ settings: [String]) throws -> Trainer {
    try Trainer(try compile(settings: settings))
  }

  private func tensor(_ name: String, in trainer: Trainer) throws -> TensorData {
    trainer.tensor(try #require(trainer.compiled.variable(name)))
  }

  /// Names of a plain module, those of a file of all networks, and others that `rename` brings to them.
  @Test(arguments: [
    ("*", []), ("G.*", []), ("module.*", ["rename={\"module.*\": \"*\"}"]),
    ("a.*.b", ["rename={\"a.*.*.b\": \"G.*.*\"}"]),
  ])
  func everyTensorIsTheFiles(pattern: String, keys: [String]) throws {
    var named = Dictionary(
      uniqueKeysWithValues: Self.generator.map { (pattern.replacing("*", with: $0.key), $0.value) })
    // PyTorch counts batches; a file of all networks has more than this one's.
    if keys.isEmpty {
      let counter = pattern.replacing("*", with: "1.num_batches_tracked")
      named[counter] = TensorData(integers: [7], shape: [])
    }
    if pattern.hasPrefix("G.") { named["D.0.weight"] = TensorData(floats: [1], shape: [1]) }
    let settings =
      ["networks.G.from.path=\"\(try path(named))\"", "ema={G: {decay: 0.9}}"]
      + keys.map { "networks.G.from.\($0)" }
    let trainer = try trainer(settings)
    for (name, tensor) in Self.generator {
      #expect(try self.tensor("G.\(name)", in: trainer) == tensor)
      guard !name.contains("running") else { continue }
      #expect(try self.tensor("ema/G.\(name)", in: trainer) == tensor)
    }
    let untouched = try self.tensor("D.0.weight", in: trainer)
    #expect(untouched == (try self.tensor("D.0.weight", in: self.trainer([]))))
  }

  /// What may be missing keeps its first values; what is ignored may have any shape.
  @Test func excusedNames() throws {
    var tensors = Self.generator
    tensors["3.weight"] = nil
    tensors["resample.filter"] = TensorData(floats: [1, 2], shape: [2])
    tensors["3.bias"] = TensorData(floats: [5, 6], shape: [1, 2])
    let trainer = try trainer([
      "networks.G.from={path: \"\(try path(tensors))\", ignore: [\"*.filter\"], missing: [\"3.w*\"]}"
    ])
    #expect(try tensor("G.3.bias", in: trainer).floats == [5, 6])
    #expect(
      try tensor("G.3.weight", in: trainer) == tensor("G.3.weight", in: try self.trainer([])))
  }

  /// In a file of one network, and in one of all.
  @Test(arguments: ["", "G."])
  func whatDoesNotFitIsNamed(prefix: String) throws {
    var tensors = Self.generator
    tensors["3.weight"] = TensorData(floats: [1, 2], shape: [1, 2])
    tensors["0.bias"] = nil
    tensors["4.bias"] = TensorData(floats: [1], shape: [1])
    let path = try path(
      Dictionary(uniqueKeysWithValues: tensors.map { (prefix + $0.key, $0.value) }))
    let error = try #require(throws: Diagnostic.self) {
      _ = try trainer(["networks.G.from=\"\(path)\""])
    }
    #expect(error.message == "the weights in '\(path)' are not those of network 'G'")
    #expect(error.span != nil)
    #expect(
      error.notes.map(\.message) == [
        "left over: \(prefix)4.bias [1]", "missing: 0.bias [8]",
        "of another shape: \(prefix)3.weight [1, 2] is [2, 8] here",
      ])
    let check = try compile(settings: ["networks.G.from=\"\(path)\""])
    let early = try #require(throws: Diagnostic.self) { try check.requireWeights() }
    #expect(early.message == error.message && early.notes == error.notes)
    #expect(throws: Diagnostic.self) { try trainer(["networks.G.from=nowhere.safetensors"]) }
  }

  /// Vectors of spectral norm that the file lacks are those of its weights: the largest of diag(3, 1) is along the
  /// first axis, and σ is 3.
  @Test func singularVectorsAreThoseOfTheFilesWeights() throws {
    let layers = "networks.G.layers=[{linear: {out: 2, bias: false, spectral_norm: true}}]"
    let weight = TensorData(floats: [3, 0, 0, 1], shape: [2, 2])
    func vectors(_ tensors: [String: TensorData]) throws -> [[Double]] {
      let trainer = try trainer([layers, "networks.G.from=\"\(try path(tensors))\""])
      return try ["u", "v"].map { try tensor("G.0.weight_\($0)", in: trainer).doubles }
    }
    for vector in try vectors(["0.weight_orig": weight]) {
      #expect(abs(abs(vector[0]) - 1) < 1e-6 && abs(vector[1]) < 1e-3, "\(vector)")
    }
    let given = try vectors([
      "0.weight_orig": weight, "0.weight_u": TensorData(floats: [0, 1], shape: [2]),
      "0.weight_v": TensorData(floats: [0.6, 0.8], shape: [2]),
    ])
    #expect(given == [[0, 1], [Double(Float(0.6)), Double(Float(0.8))]])
  }
}
