import Data
import TensorIR

/// Why a graph is no ONNX model, or only one for its own number of samples.
enum ONNXObstacle: Error {
  /// Something depends on how many samples there are.
  case batch(String)
  /// ONNX has nothing like it.
  case operation(String)
}

/// The operators of a model, written node by node.
///
/// Values that repeat others are written as small as they are, with extents of 1 where they repeat: operators broadcast
/// as NumPy does. That keeps files small, and where a value is the same for every sample it does so for any number of
/// them.
struct ONNXWriter {
  /// A value that the model has named.
  struct Value {
    var name: String
    /// Its type in the graph.
    var type: TensorType
    /// Extents that it has in the model: those of `type`, or 1 where it repeats.
    var held: [Int]
    /// Where its samples are, in a model for any number of them.
    var factor: SampleFactor?

    var shape: Shape { type.shape }
    /// Whether it repeats along an axis.
    func repeats(along axis: Int) -> Bool { held[axis] != shape[axis] }
  }

  let graph: Graph
  /// Samples of the graph, where the model takes any number of them; else nil.
  let samples: Int?
  private(set) var file: ONNXFile
  /// One per node that is needed.
  private(set) var values: [Int: Value] = [:]
  private var shared: [String: String] = [:]
  /// The node that is being written, and how many operators it has.
  private var (node, count) = (0, 0)
  private var usedNames: Set<String> = []
  /// Names of what the model is given, which are the spec's.
  private var givenNames: Set<String> = []
  /// The input that knows how many samples there are.
  private var batchInput: String?

  init(_ graph: Graph, samples: Int?) {
    self.graph = graph
    self.samples = samples
    file = ONNXFile(name: graph.name)
    usedNames = Set(graph.resultNames)
  }

  // MARK: Operators

  /// An operator and the name of what it gives, after the layer and the operation that it stands for.
  mutating func emit(
    _ type: String, _ inputs: [String], _ attributes: [(String, ONNXFile.Attribute)] = []
  ) -> String {
    let name = freshName(type)
    file.nodes.append(
      ONNXFile.Node(type: type, name: name, inputs: inputs, attributes: attributes.map { ($0, $1) })
    )
    return name
  }

  private mutating func freshName(_ type: String) -> String {
    let layer = graph.origins[node].layer
    return unusedName((layer.isEmpty ? "" : layer + "/") + type.lowercased())
  }

  private mutating func unusedName(_ stem: String) -> String {
    var (name, number) = (stem, 2)
    while !usedNames.insert(name).inserted {
      name = "\(stem)_\(number)"
      number += 1
    }
    return name
  }

  /// A known tensor.
  mutating func initializer(_ name: String, _ tensor: TensorData) -> String {
    file.initializers.append((name, tensor))
    usedNames.insert(name)
    return name
  }

  /// A list of sizes or axes, which many operators share.
  mutating func integers(_ numbers: [Int]) -> String {
    let name = "integers/" + numbers.map(String.init).joined(separator: "_")
    if let known = shared[name] { return known }
    shared[name] = name
    return initializer(
      name, TensorData(integers: numbers.map { Int64($0) }, shape: [numbers.count]))
  }

  /// One number of the graph's precision.
  mutating func number(_ value: Double) -> String {
    let element = graph.nodes[node].type.element
    let name = "number/\(value)"
    if let known = shared[name] { return known }
    shared[name] = name
    return initializer(
      name,
      element == .float32
        ? TensorData(floats: [Float(value)], shape: []) : TensorData(doubles: [value], shape: []))
  }

  // MARK: Nodes

  /// Declares an input that stays open.
  mutating func addInput(_ index: Int, isSamples: Bool, name: String) {
    let type = graph.nodes[index].type
    var sizes = type.shape.dimensions.map { Optional($0) }
    var factor: SampleFactor?
    if isSamples, let samples {
      sizes[0] = nil
      factor = SampleFactor(axis: 0, count: samples)
      batchInput = batchInput ?? name
    }
    file.inputs.append(ONNXFile.Port(name: name, element: type.element, sizes: sizes))
    usedNames.insert(name)
    givenNames.insert(name)
    values[index] = Value(name: name, type: type, held: type.shape.dimensions, factor: factor)
  }

  /// Notes a value that is known.
  mutating func addKnown(_ index: Int, _ tensor: TensorData, name: String?) {
    node = index
    let type = graph.nodes[index].type
    if let name { givenNames.insert(name) }
    let name = initializer(name ?? freshName("known"), tensor)
    values[index] = Value(name: name, type: type, held: type.shape.dimensions)
  }

  /// Writes the node at `index`, whose operands have been written.
  mutating func add(_ index: Int) throws(ONNXObstacle) {
    node = index
    let node = graph.nodes[index]
    values[index] = try value(of: node.op, node.operands.compactMap { values[$0.index] }, node.type)
  }

  /// Ends the model with a value under a name of its own: a latent may be called as the result is.
  mutating func addResult(_ id: ValueID, name: String) throws(ONNXObstacle) {
    guard var value = values[id.index] else { return }
    node = id.index
    var sizes = value.shape.dimensions.map { Optional($0) }
    if let samples, value.shape.rank > 0 {
      if value.factor == nil, value.repeats(along: 0) {
        guard batchInput != nil else { throw .batch("no input says how many there are") }
        value = spread(value, SampleFactor(axis: 0, count: samples))
      }
      guard value.factor == SampleFactor(axis: 0, count: samples) else {
        throw .batch("samples are not along the first axis of what is sampled")
      }
      sizes[0] = nil
    }
    value = try whole(value)
    let name = givenNames.contains(name) ? unusedName(name) : name
    file.nodes.append(
      ONNXFile.Node(type: "Identity", name: name, inputs: [value.name], attributes: []))
    file.outputs.append(ONNXFile.Port(name: name, element: value.type.element, sizes: sizes))
  }

  mutating func setMetadata(_ metadata: [(key: String, value: String)]) { file.metadata = metadata }

  // MARK: Repetition

  /// The value written out along `axes`, or all.
  mutating func whole(_ x: Value, along axes: [Int]? = nil) throws(ONNXObstacle) -> Value {
    let wanted = (axes ?? Array(x.held.indices)).filter { x.repeats(along: $0) }
    if wanted.isEmpty { return x }
    if x.factor == nil, let samples, wanted.contains(where: { x.shape[$0] == samples }) {
      throw .batch("a value that is the same for every sample is written out for each")
    }
    var (sizes, result) = ([Int](repeating: 1, count: x.shape.rank), x)
    for axis in wanted { (sizes[axis], result.held[axis]) = (x.shape[axis], x.shape[axis]) }
    result.name = emit("Expand", [x.name, integers(sizes)])
    return result
  }

  /// A value that is the same for every sample, written out for each along the axis of `factor`.
  mutating func spread(_ x: Value, _ factor: SampleFactor) -> Value {
    var result = x
    let count = sampleCount(times: factor.outer * factor.inner)
    var sizes =
      [Int](repeating: 1, count: factor.axis).isEmpty
      ? []
      : [
        integers([Int](repeating: 1, count: factor.axis))
      ]
    sizes.append(count)
    let behind = x.shape.rank - factor.axis - 1
    if behind > 0 { sizes.append(integers([Int](repeating: 1, count: behind))) }
    let shape = sizes.count == 1 ? count : emit("Concat", sizes, [("axis", .integer(0))])
    result.name = emit("Expand", [x.name, shape])
    result.held[factor.axis] = x.shape[factor.axis]
    result.factor = factor
    return result
  }

  /// A list of one: how many samples there are, times a number.
  private mutating func sampleCount(times factor: Int) -> String {
    guard let batchInput else { return integers([factor * (samples ?? 1)]) }
    let key = "batch/\(factor)"
    if let known = shared[key] { return known }
    var name =
      shared["batch/1"]
      ?? emit("Shape", [batchInput], [("start", .integer(0)), ("end", .integer(1))])
    shared["batch/1"] = name
    if factor != 1 { name = emit("Mul", [name, integers([factor])]) }
    shared[key] = name
    return name
  }

  /// Extents and samples of what an operator makes of values element by element.
  func joined(_ x: [Value]) throws(ONNXObstacle) -> (held: [Int], factor: SampleFactor?) {
    let held = x[0].held.indices.map { axis in x.map { $0.held[axis] }.max() ?? 1 }
    guard let factor = x.lazy.compactMap(\.factor).first else { return (held, nil) }
    for value in x where value.factor != factor {
      guard value.factor == nil, value.held[factor.axis] == 1 else {
        throw .batch("samples meet values of other samples")
      }
    }
    return (held, factor)
  }
}
