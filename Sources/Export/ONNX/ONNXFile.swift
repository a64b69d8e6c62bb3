import Data
import TensorIR

/// A model as ONNX's protocol buffers have it: what stands in a file.
///
/// <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>; field numbers are those of that file.
struct ONNXFile {
  /// One operator with what it reads and writes.
  struct Node {
    var type: String
    var name: String
    var inputs: [String]
    /// Its only output, which has its name.
    var attributes: [(name: String, value: Attribute)]
  }

  enum Attribute {
    case integer(Int)
    case integers([Int])
    case float(Double)
  }

  /// A tensor that comes from outside, or goes there; nil is the number of samples.
  struct Port {
    var name: String
    var element: ElementType
    var sizes: [Int?]
  }

  /// Of models that onnxruntime has read since 2022, and in which all operators here have the form that is written.
  static let (version, operatorSet) = (8, 17)
  /// What stands for the number of samples in shapes.
  static let batch = "N"

  var name: String
  var nodes: [Node] = []
  /// In the order of their first use.
  var initializers: [(name: String, tensor: TensorData)] = []
  var inputs: [Port] = []
  var outputs: [Port] = []
  var metadata: [(key: String, value: String)] = []

  /// The bytes of the file.
  var encoded: [UInt8] {
    var model = ProtocolMessage()
    model.add(1, number: Self.version)
    model.add(2, text: "advas")
    model.add(7, message: addGraph)
    model.add(8) { $0.add(2, number: Self.operatorSet) }
    for (key, value) in metadata {
      model.add(14) { entry in
        entry.add(1, text: key)
        entry.add(2, text: value)
      }
    }
    return model.bytes
  }

  private func addGraph(to graph: inout ProtocolMessage) {
    for node in nodes { graph.add(1) { node.add(to: &$0) } }
    graph.add(2, text: name)
    for (name, tensor) in initializers { graph.add(5) { tensor.add(to: &$0, name: name) } }
    for input in inputs { graph.add(11) { input.add(to: &$0) } }
    for output in outputs { graph.add(12) { output.add(to: &$0) } }
  }
}

extension ONNXFile.Node {
  fileprivate func add(to message: inout ProtocolMessage) {
    for input in inputs { message.add(1, text: input) }
    message.add(2, text: name)
    message.add(3, text: name)
    message.add(4, text: type)
    for (name, value) in attributes {
      message.add(5) { attribute in
        attribute.add(1, text: name)
        switch value {
        case .float(let number):
          attribute.add(2, float: Float(number))
          attribute.add(20, number: 1)
        case .integer(let number):
          attribute.add(3, number: number)
          attribute.add(20, number: 2)
        case .integers(let numbers):
          for number in numbers { attribute.add(8, number: number) }
          attribute.add(20, number: 7)
        }
      }
    }
  }
}

extension ONNXFile.Port {
  fileprivate func add(to message: inout ProtocolMessage) {
    message.add(1, text: name)
    message.add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, number: element.onnxType)
        tensor.add(2) { shape in
          for size in sizes {
            shape.add(1) { dimension in
              if let size {
                dimension.add(1, number: size)
              } else {
                dimension.add(2, text: ONNXFile.batch)
              }
            }
          }
        }
      }
    }
  }
}

extension TensorData {
  fileprivate func add(to message: inout ProtocolMessage, name: String) {
    for size in shape { message.add(1, number: size) }
    message.add(2, number: elementType.onnxType)
    message.add(8, text: name)
    message.add(9, bytes: bytes)
  }
}

extension TensorData.ElementType {
  /// The number that ONNX has for it, TensorProto.DataType.
  fileprivate var onnxType: Int {
    switch self {
    case .float32: 1
    case .uint8: 2
    case .int64: 7
    case .float64: 11
    }
  }
}

extension ElementType {
  /// The number that ONNX has for it, TensorProto.DataType.
  var onnxType: Int {
    switch self {
    case .float32: 1
    case .float64: 11
    }
  }
}
