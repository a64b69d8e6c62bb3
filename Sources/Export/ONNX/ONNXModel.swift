import Data
import TensorIR

/// A graph as an ONNX model, with what is known of its inputs inside.
public struct ONNXModel: Sendable {
  /// An input of the graph as the model has it.
  public enum Input: Sendable {
    /// Known, under the name that the model has for it.
    case known(TensorData, name: String)
    /// Given by whoever runs the model.
    case open(name: String)
    /// The same, with the samples along the first axis.
    case samples(name: String)
  }

  /// What cannot be written, in words.
  public struct Refusal: Error, Sendable {
    public let reason: String
  }

  /// The file.
  public let bytes: [UInt8]
  /// Why the model takes as many samples as the graph and no others; nil where it takes any number of them.
  public let fixedBy: String?
  /// Names and sizes of what has to be given; the number of samples is nil where it may be any.
  public let inputs: [(name: String, sizes: [Int?])]

  /// What protocol buffers can hold.
  private static let byteLimit = Int(Int32.max)

  /// Writes `graph`, before passes fuse anything; `inputs` are one per input.
  ///
  /// With `reason` the model takes as many samples as the graph and no others: why is for whoever knows more than the graph
  /// tells.
  ///
  /// - Throws: `Refusal` where ONNX has nothing like an operation, or the file would be too large.
  public init(
    _ graph: Graph, inputs: [Input], metadata: [(key: String, value: String)],
    fixedBy reason: String? = nil
  ) throws(Refusal) {
    let sampleInputs = inputs.indices.filter {
      if case .samples = inputs[$0] { true } else { false }
    }
    let samples = reason == nil ? sampleInputs.first.map { graph.nodes[$0].type.shape[0] } : nil
    var known: [Int: TensorData] = [:]
    for (index, input) in inputs.enumerated() {
      if case .known(let tensor, _) = input { known[index] = tensor }
    }
    let parts = KnownParts(of: graph, inputs: known)
    let size = parts.values.values.reduce(0) { $0 + $1.bytes.count }
    guard size < Self.byteLimit else {
      throw Refusal(reason: "its weights have \(size) bytes, and a file of ONNX has room for 2 GiB")
    }
    var (writer, obstacle) = (ONNXWriter(graph, samples: samples), reason)
    do throws(ONNXObstacle) {
      do throws(ONNXObstacle) {
        try writer.write(parts, inputs)
      } catch {
        guard case .batch(let reason) = error, samples != nil else { throw error }
        (writer, obstacle) = (ONNXWriter(graph, samples: nil), reason)
        try writer.write(parts, inputs)
      }
    } catch {
      switch error {
      case .batch(let reason), .operation(let reason): throw Refusal(reason: reason)
      }
    }
    writer.setMetadata(metadata)
    bytes = writer.file.encoded
    fixedBy = obstacle
    self.inputs = writer.file.inputs.map { ($0.name, $0.sizes) }
  }
}

extension ONNXWriter {
  /// Writes all that is needed.
  fileprivate mutating func write(
    _ parts: KnownParts, _ inputs: [ONNXModel.Input]
  ) throws(ONNXObstacle) {
    for (index, input) in inputs.enumerated() where parts.isNeeded[index] {
      switch input {
      case .known(let tensor, let name): addKnown(index, tensor, name: name)
      case .open(let name): addInput(index, isSamples: false, name: name)
      case .samples(let name): addInput(index, isSamples: true, name: name)
      }
    }
    for index in graph.nodes.indices.dropFirst(inputs.count) where parts.isNeeded[index] {
      if let tensor = parts.values[index] {
        addKnown(index, tensor, name: nil)
      } else {
        try add(index)
      }
    }
    for (id, name) in zip(graph.results, graph.resultNames) { try addResult(id, name: name) }
  }
}
