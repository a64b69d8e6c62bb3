import Diagnostics
import Execution
import Foundation
import Optimizers
import Syntax
import TensorIR

@testable import Spec

/// One way to use an optimizer, with where PyTorch moves a parameter, as `record.py` recorded it.
struct OptimizerSample: Sendable, CustomStringConvertible {
  private struct Record: Decodable {
    var yaml: String
    var parameter: [Double]
    var gradients: [[Double]]
    var after: [[Double]]
  }

  /// `sgd-nesterov`: the method, and what is special about the sample.
  let description: String
  let optimizer: Optimizer
  let parameter: [Double]
  /// One for each step.
  let gradients: [[Double]]
  /// The parameter after each step.
  let after: [[Double]]

  var name: String { type(of: optimizer.method).name }

  /// Every sample, by name.
  static let all: [OptimizerSample] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Records")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted().map {
      do {
        return try OptimizerSample(folder.appendingPathComponent($0))
      } catch { preconditionFailure("\($0): \(error)") }
    }
  }()

  private init(_ file: URL) throws {
    let record = try JSONDecoder().decode(Record.self, from: try Data(contentsOf: file))
    description = file.deletingPathExtension().lastPathComponent
    let context = CheckingContext()
    let source = SourceFile(name: "optimizer.yaml", text: record.yaml)
    guard let node = YAMLComposer.read(source, into: &context.diagnostics),
      let optimizer = Optimizer.read(node, "'optimizer'", at: ["optimizer"], context),
      context.diagnostics.isEmpty
    else { throw context.diagnostics }
    self.optimizer = optimizer
    (parameter, gradients, after) = (record.parameter, record.gradients, record.after)
  }

  /// The parameter after each step of the optimizer's own graph, in float64.
  func trained() -> [[Double]] {
    let builder = GraphBuilder(element: .float64)
    let shape = Shape([parameter.count])
    let slots = optimizer.method.slots
    let state = Dictionary(
      uniqueKeysWithValues: slots.map { ($0.name, builder.input($0.name, shape)) })
    let changing = Set(optimizer.changing.map(\.name))
    var site = OptimizerSite(state: state, changing: changing) { builder.input("step/" + $0, []) }
    let next = optimizer.method.update(
      builder.input("parameter", shape), gradient: builder.input("gradient", shape), &site)
    let graph = builder.graph(
      name: description, results: [("parameter", next)] + site.moved.map { ($0.slot, $0.value) })
    var values = Dictionary(
      uniqueKeysWithValues: slots.map {
        ($0.name, [Double](repeating: $0.initial, count: parameter.count))
      })
    values["parameter"] = parameter
    return gradients.enumerated().map { step, gradient in
      values["gradient"] = gradient
      let inputs = graph.inputNames.map { name in
        name.hasPrefix("step/")
          ? [optimizer.scalar(String(name.dropFirst("step/".count)), step: step, round: step)]
          : values[name] ?? []
      }
      for (name, value) in zip(graph.resultNames, evaluate(graph, inputs: inputs)) {
        values[name] = value
      }
      return values["parameter"] ?? []
    }
  }
}
