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
  let layer: any LayerDefinition
  let transform: (any WeightTransform)?
  /// Names of parameters, in PyTorch's order.
  let parameters: [String]
  /// Parameters and buffers before the step.
  let state: [String: Values]
  let operands: [Values]
  let draws: [String: Values]
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

  var name: String { type(of: layer).name }

  /// Whether differences must keep away from 0.
  var needsOneSign: Bool {
    transform != nil || operands.allSatisfy { $0.values.allSatisfy { abs($0) >= 0.1 } }
  }

  /// Shapes of one sample.
  var inputShapes: [[Int]] { operands.map { Array($0.shape.dropFirst()) } }

  var variables: [VariableDeclaration] {
    layer.variables(inputShapes).transformed(by: transform)
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Records")

  /// Every sample, by name.
  static let all: [LayerSample] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted().map {
      do { return try LayerSample(file: $0) } catch { preconditionFailure("\($0): \(error)") }
    }
  }()

  private init(file: String) throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    let record = try JSONDecoder().decode(Record.self, from: data)
    description = String(file.dropLast(5))
    (layer, transform) = try Self.layer(record.yaml)
    (parameters, state, moved) = (record.parameters, record.state, record.moved)
    (operands, draws, cotangent) = (record.operands, record.draws, record.cotangent)
    (value, evaluation, weights) = (record.value, record.evaluation, record.weights)
    (first, second) = (record.first, record.second)
  }

  /// The layer that a list entry stands for.
  private static func layer(
    _ yaml: String
  ) throws -> (any LayerDefinition, (any WeightTransform)?) {
    let context = CheckingContext()
    let file = SourceFile(name: "layer.yaml", text: yaml)
    guard let node = YAMLComposer.read(file, into: &context.diagnostics),
      let entry = LayerEntry(node, at: [], context),
      let type = LayerCatalogue.named(entry.type.text)
    else { throw context.diagnostics }
    var reader = entry.reader(primary: type.declaration.bareKey, context)
    _ = reader.value(of: LayerTypes.from, or: nil)
    let values = reader.values(of: type.declaration.allKeys)
    reader.finish()
    guard values.isComplete, context.diagnostics.isEmpty else { throw context.diagnostics }
    return (type.init(values), WeightTransforms.chosen(by: values))
  }
}
