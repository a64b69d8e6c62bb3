import Diagnostics
import Foundation
import Layers
import Syntax
import TensorIR

@testable import Spec

/// One way to use a layer with what PyTorch computes for it, as `record.py` recorded it.
struct LayerSample: Sendable, CustomStringConvertible {
  struct Values: Decodable, Sendable {
    var shape: [Int]
    var values: [Double]

    /// The first sample of a batch.
    var first: Values {
      Values(
        shape: [1] + shape.dropFirst(),
        values: Array(values.prefix(shape.dropFirst().reduce(1, *))))
    }
  }

  private struct Record: Decodable {
    var yaml: String
    var parameters: [String]
    var state: [String: Values]
    var operands: [Values]
    var draws: [String: Values]
    var evaluation: Values
    var value: Values
    var cotangent: Values
    var weights: [Values]
    var first: [Values]
    var second: [Values]
    var moved: [String: Values]
  }

  /// `conv-uneven`: the layer, and what is special about the sample.
  let description: String
  /// The word that a layer list has for it.
  let name: String
  let layer: Layer
  /// Names of parameters, in PyTorch's order.
  let parameters: [String]
  /// Parameters and buffers before the step.
  let state: [String: Values]
  private(set) var operands: [Values]
  private(set) var draws: [String: Values]
  /// y in a training step, and with the stored buffers.
  let value: Values
  let evaluation: Values
  /// r of L = ⟨r, y⟩, and s of M = ⟨s, ∂L/∂x⟩, x being operands and parameters.
  let cotangent: Values
  let weights: [Values]
  /// ∂L/∂x; ∂M/∂x and ∂M/∂r.
  let first: [Values]
  let second: [Values]
  /// Buffers after the step.
  let moved: [String: Values]

  /// Whether a sample's value depends on those beside it, also with stored buffers.
  var comparesSamples: Bool { name == "minibatch_std" }

  /// Whether differences must keep away from 0.
  var needsOneSign: Bool {
    layer.transform != nil || operands.allSatisfy { $0.values.allSatisfy { abs($0) >= 0.1 } }
  }

  /// Shapes of one sample.
  var inputShapes: [[Int]] { operands.map { Array($0.shape.dropFirst()) } }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Records")

  /// Every sample, by name.
  static let all: [LayerSample] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted().map {
      do { return try LayerSample(file: $0) } catch { preconditionFailure("\($0): \(error)") }
    }
  }()

  /// The first sample of the batch alone; derivatives and values are still those of all.
  func alone() -> LayerSample {
    var copy = self
    copy.operands = operands.map(\.first)
    copy.draws = draws.mapValues(\.first)
    return copy
  }

  private init(file: String) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    let record = try JSONDecoder().decode(Record.self, from: data)
    description = String(file.dropLast(5))
    (name, layer) = try Self.layer(record.yaml, record.operands.map { Array($0.shape.dropFirst()) })
    (parameters, state, moved) = (record.parameters, record.state, record.moved)
    (operands, draws, cotangent) = (record.operands, record.draws, record.cotangent)
    (value, evaluation, weights) = (record.value, record.evaluation, record.weights)
    (first, second) = (record.first, record.second)
  }

  /// The layer that a list entry stands for, in a network whose inputs `a`, `b` and so on have these shapes.
  static func layer(_ yaml: String, _ shapes: [[Int]]) throws -> (String, Layer) {
    let context = CheckingContext()
    let file = SourceFile(name: "layer.yaml", text: "[\(yaml)]")
    guard let node = YAMLComposer.read(file, into: &context.diagnostics),
      let item = node.items?.first,
      let entry = LayerEntry(item, at: [], context)
    else { throw context.diagnostics }
    let inputs = zip("abcdef", shapes).map {
      FormalInput(name: String($0), shape: $1, span: node.span)
    }
    let builder = LayerListBuilder(
      network: "net", inputs: inputs, blocks: [:], written: WrittenLayers.prelude.layers,
      defaults: LayerDefaults(), streams: [], context)
    let layers = builder.build(node, path: []).layers
    guard layers.count == 1, context.diagnostics.isEmpty else { throw context.diagnostics }
    return (entry.type.text, layers[0])
  }
}
