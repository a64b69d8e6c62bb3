import Data
import Execution
import Foundation
import TensorIR
import TestSupport
import Testing

@testable import Export

/// What stands in a model, without ONNX's own packages.
@Suite struct ONNXTests {
  private static let weight = TensorData(floats: [1, 2, 3, 4, 5, 6], shape: [2, 3])
  private static let bias = TensorData(floats: [7, 8], shape: [2])

  /// relu(z (2W)ᵀ + b) of 5 samples, in the shape [2, 1].
  private func layer(_ more: (Tensor) -> Tensor = { $0 }) -> Graph {
    let builder = GraphBuilder()
    let z = builder.input("z", [5, 3])
    let weight = builder.input("G.0.weight", [2, 3])
    let bias = builder.input("G.0.bias", [2])
    let product = z.matmul(weight.map(.scale, 2), transposeA: false, transposeB: true)
    let sum = product + bias.broadcast(to: [5, 2], axes: [1])
    let value = more(sum.map(.leakyRelu, 0).reshape([5, 2, 1]))
    return builder.graph(name: "G.sample", results: [("samples", value)])
  }

  private func model(_ graph: Graph) throws -> ONNXModel {
    try ONNXModel(
      graph,
      inputs: [
        .samples(name: "z"), .known(Self.weight, name: "G.0.weight"),
        .known(Self.bias, name: "G.0.bias"),
      ], metadata: [("round", "3")])
  }

  @Test func aLayerIsOperatorsOnKnownWeights() throws {
    let model = try model(layer())
    let read = try ReadModel(model.bytes)
    #expect(model.fixedBy == nil)
    #expect(model.inputs.map(\.name) == ["z"] && model.inputs[0].sizes == [nil, 3])
    #expect(read.operators == ["Gemm", "Unsqueeze", "Add", "Relu", "Reshape", "Identity"])
    #expect(read.version == 8 && read.operatorSet == 17)
    #expect(read.metadata == ["round": "3"])
    #expect(read.inputs == ["z": ["N", "3"]] && read.outputs == ["samples": ["N", "2", "1"]])
    // What only weights make is made here; what is a weight keeps its name.
    #expect(read.initializers["G.0.bias"] == Self.bias.bytes)
    #expect(read.initializers["G.0.weight"] == nil)
    let doubled = TensorData(floats: [2, 4, 6, 8, 10, 12], shape: [2, 3])
    #expect(read.initializers.values.contains(doubled.bytes))
    #expect(
      read.initializers["integers/-1_2_1"]
        == TensorData(integers: [-1, 2, 1], shape: [3]).bytes)
  }

  /// What depends on the number of samples is a model of so many.
  @Test(arguments: ["sum", "order", "part"])
  func whatMixesSamplesHasAsManyOfThem(what: String) throws {
    let model = try model(
      layer { value in
        switch what {
        case "sum": value - value.sum([0]).broadcast(to: [5, 2, 1], axes: [1, 2])
        case "order": value.builder.emit(.reverse(Reverse(axis: 0)), [value])
        default:
          value.slice([0, 0, 0], [2, 2, 1]).pad(low: [0, 0, 0], high: [3, 0, 0])
        }
      })
    #expect(model.fixedBy != nil)
    #expect(model.inputs[0].sizes == [5, 3])
    #expect(try ReadModel(model.bytes).outputs == ["samples": ["5", "2", "1"]])
  }

  /// A value without samples is as many as are asked for.
  @Test func aConstantIsSpreadOverSamples() throws {
    let model = try model(
      layer { value in
        let ones = value.builder.input("G.0.bias", [2]).reshape([2, 1])
          .broadcast(to: [5, 2, 1], axes: [1, 2])
        return value.concatenated(with: ones)
      })
    #expect(model.fixedBy == nil)
    let read = try ReadModel(model.bytes)
    #expect(read.operators.contains("Expand") && read.operators.contains("Shape"))
    #expect(read.outputs == ["samples": ["N", "2", "2"]])
  }

  /// A layer that adds the sum, along an axis, of what is the same for every sample.
  private func sumOfAlike(along axis: Int) throws -> ONNXModel {
    try model(
      layer { value in
        let alike = value.builder.input("G.0.bias", [2]).reshape([2, 1])
          .broadcast(to: [5, 2, 1], axes: [1, 2])
        return value + alike.sum([axis]).broadcast(to: [5, 2, 1], axes: [1 - axis, 2])
      })
  }

  /// A sum of what is the same for every sample is another one for more of them.
  @Test func sumsOverSamplesThatAreAlikeHaveAsManyOfThem() throws {
    let model = try sumOfAlike(along: 0)
    #expect(model.fixedBy != nil)
    #expect(model.inputs[0].sizes == [5, 3])
  }

  /// A sum of something else leaves what is the same for every sample so, however many there are.
  @Test func sumsWithinSamplesThatAreAlikeAreForAnyNumber() throws {
    let model = try sumOfAlike(along: 1)
    #expect(model.fixedBy == nil)
    #expect(try ReadModel(model.bytes).outputs == ["samples": ["N", "2", "1"]])
  }

  /// Samples that read nothing of what is given are as many as the graph has.
  @Test func whereNoInputIsReadNoneTellsHowManySamplesThereAre() throws {
    let builder = GraphBuilder()
    _ = builder.input("z", [5, 3])
    let value = builder.input("G.0.bias", [2]).broadcast(to: [5, 2], axes: [1])
    let model = try ONNXModel(
      builder.graph(name: "G.sample", results: [("samples", value)]),
      inputs: [.samples(name: "z"), .known(Self.bias, name: "G.0.bias")], metadata: [])
    #expect(model.fixedBy != nil && model.inputs.isEmpty)
    #expect(try ReadModel(model.bytes).outputs == ["samples": ["5", "2"]])
  }

  /// A latent may be called as the result is; no two values of a model may.
  @Test func namesAreOfOneValueEach() throws {
    let graph = layer()
    let model = try ONNXModel(
      graph,
      inputs: [
        .samples(name: "samples"), .known(Self.weight, name: "G.0.weight"),
        .known(Self.bias, name: "G.0.bias"),
      ], metadata: [])
    let read = try ReadModel(model.bytes)
    #expect(read.inputs.keys.sorted() == ["samples"])
    #expect(read.outputs.keys.sorted() == ["samples_2"])
  }

  @Test func whatOnnxLacksIsRefused() throws {
    let geometry = ConvolutionGeometry(
      batch: 5, inChannels: 1, inSize: [2, 1], outChannels: 1, kernel: [1, 1], stride: [1, 1],
      padLow: [0, 0], padHigh: [0, 0], dilation: [1, 1], groups: 1)
    let graph = layer { value in
      let x = value.reshape([5, 1, 2, 1])
      return value.builder.emit(.convolution(Convolution(.filterGradient, geometry)), [x, x])
    }
    #expect(throws: ONNXModel.Refusal.self) { try model(graph) }
  }
}

extension Tensor {
  fileprivate func concatenated(with other: Tensor) -> Tensor {
    builder.emit(.concatenate(Concatenate(axis: 2)), [self, other])
  }
}

/// The parts of a model that tests look at.
private struct ReadModel {
  private(set) var version = 0
  private(set) var operatorSet = 0
  private(set) var metadata: [String: String] = [:]
  private(set) var operators: [String] = []
  private(set) var initializers: [String: [UInt8]] = [:]
  private(set) var inputs: [String: [String]] = [:]
  private(set) var outputs: [String: [String]] = [:]

  init(_ bytes: [UInt8]) throws {
    let model = try Fields(bytes[...])
    version = model.number(1)
    operatorSet = try Fields(model.bytes(8)[0]).number(2)
    for entry in try model.bytes(14).map(Fields.init) { metadata[entry.text(1)] = entry.text(2) }
    let graph = try Fields(model.bytes(7)[0])
    operators = try graph.bytes(1).map { try Fields($0).text(4) }
    for tensor in try graph.bytes(5).map(Fields.init) {
      initializers[tensor.text(8)] = Array(tensor.bytes(9)[0])
    }
    inputs = try Self.ports(graph.bytes(11))
    outputs = try Self.ports(graph.bytes(12))
  }

  private static func ports(_ messages: [ArraySlice<UInt8>]) throws -> [String: [String]] {
    try messages.map(Fields.init).reduce(into: [:]) { ports, port in
      let tensor = try Fields(try Fields(port.bytes(2)[0]).bytes(1)[0])
      ports[port.text(1)] = try Fields(tensor.bytes(2)[0]).bytes(1).map { dimension in
        let size = try Fields(dimension)
        return size.bytes(2).isEmpty ? "\(size.number(1))" : size.text(2)
      }
    }
  }
}

private struct Fields {
  private var all: [(Int, ProtocolBuffer.Value)] = []

  init(_ message: ArraySlice<UInt8>) throws {
    var found: [(Int, ProtocolBuffer.Value)] = []
    try #require(ProtocolBuffer.forEachField(message) { found.append(($0, $1)) })
    all = found
  }

  func bytes(_ field: Int) -> [ArraySlice<UInt8>] {
    all.compactMap { if $0.0 == field, case .bytes(let bytes) = $0.1 { bytes } else { nil } }
  }

  func text(_ field: Int) -> String {
    String(decoding: bytes(field).first ?? [], as: UTF8.self)
  }

  func number(_ field: Int) -> Int {
    for case (field, .number(let number)) in all { return Int(number) }
    return 0
  }
}

/// ONNX's checker takes the models, and onnxruntime computes what the reference engine does, wherever a Python with
/// onnxruntime is at hand: `scripts/python-environment --onnx` makes one.
@Suite(.enabled(if: PythonRuntime.onnx.python != nil, "no Python with onnxruntime"))
struct ONNXRuntimeTests {
  @Test func everyOperationIsThatOfTheReference() throws {
    let builder = GraphBuilder()
    var results: [(String, Tensor)] = []
    var inputs: [[Double]] = []
    var generator = SplitMix64(seed: 5)
    for (number, sample) in OperationSample.all.enumerated() {
      let alone = GraphBuilder()
      let value = sample.build(
        sample.inputs.enumerated().map { alone.input("\($0.offset)", $0.element) })
      let graph = alone.graph(name: "sample", results: [("value", value)])
      let values = sample.inputs.map { generator.values($0.count, in: sample.range) }
      do throws(ONNXModel.Refusal) {
        _ = try ONNXModel(graph, inputs: opened(graph), metadata: [])
      } catch {
        let isLacking = graph.nodes.contains { node in
          guard case .convolution(let convolution) = node.op else { return false }
          return convolution.layout == .nhwc || convolution.direction == .filterGradient
        }
        #expect(isLacking, "\(sample): \(error.reason)")
        continue
      }
      let same = sample.inputs.enumerated().map {
        builder.input("\(number)/\($0.offset)", $0.element)
      }
      results.append(("value \(number)", sample.build(same)))
      inputs += values
    }
    try compare(builder.graph(name: "samples", results: results), inputs)
  }

  @Test func edgesOfScalarFunctions() throws {
    let edges: [Double] = [0, 1e-30, -1e-30, 0.3, -0.7, 3, -3, 40, -40, 80, -80]
    let builder = GraphBuilder()
    let x = builder.input("x", [edges.count, edges.count])
    let y = builder.input("y", [edges.count, edges.count])
    var results = MapFunction.allCases.map {
      ($0.rawValue, x.map($0, $0.hasParameter ? -0.5 : 0))
    }
    results += ZipFunction.allCases.map { ("zip \($0.rawValue)", x.zip($0, y)) }
    results.append(("choice", y.select(where: x, else: x)))
    let inputs =
      [edges.flatMap { [Double](repeating: $0, count: edges.count) }]
      + [[[Double]](repeating: edges, count: edges.count).flatMap { $0 }]
    try compare(builder.graph(name: "edges", results: results), inputs)
  }

  private func opened(_ graph: Graph) -> [ONNXModel.Input] {
    graph.inputNames.map { .open(name: "in \($0)") }
  }

  private func compare(_ graph: Graph, _ inputs: [[Double]]) throws {
    let model = try ONNXModel(graph, inputs: opened(graph), metadata: [])
    let shapes = graph.inputTypes.map(\.shape.dimensions)
    let rounded = inputs.map { $0.map { Double(Float($0)) } }
    let found = try PythonRuntime.onnx.run(Data(model.bytes), inputs: rounded, shapes: shapes)
    let expected = evaluate(graph, inputs: rounded)
    #expect(found.count == expected.count)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      let wrong = zip(a, b).filter { a, b in
        if a.isNaN || b.isNaN { return a.isNaN != b.isNaN }
        let limited = b.magnitude > Double(Float.greatestFiniteMagnitude) ? .infinity * b : b
        return a != limited && !((a - limited).magnitude <= 1e-5 * max(1, limited.magnitude))
      }
      #expect(
        a.count == b.count && wrong.isEmpty, "\(graph.resultNames[index]): \(wrong.prefix(4))")
    }
  }
}
