import TensorIR

extension ONNXWriter {
  /// What a node computes; an operation that lacks a case does not compile.
  mutating func value(
    of op: Op, _ x: [Value], _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    switch op {
    case .input: throw .operation("an input that nobody knows")
    case .constant(let constant): return self.constant(constant.value.value, type)
    case .map(let map):
      return try elementwise(map.function.opcode, x, map.parameter.value, type)
    case .zip(let zip): return try elementwise(zip.function.opcode, x, 0, type)
    case .select: return try elementwise(.select, x, 0, type)
    case .matmul(let matmul): return try product(matmul, x[0], x[1], type)
    case .convolution(let convolution): return try self.convolution(convolution, x[0], x[1], type)
    case .reduce(let reduce): return try self.reduce(x[0], reduce, type)
    case .broadcast(let broadcast): return self.broadcast(x[0], broadcast, type)
    case .reshape: return try reshape(x[0], type)
    case .transpose(let transpose): return self.transpose(x[0], transpose.permutation, type)
    case .slice(let slice): return try self.slice(x[0], slice, type)
    case .pad(let pad): return try self.pad(x[0], pad, type)
    case .concatenate(let concatenate): return try self.concatenate(x, concatenate.axis, type)
    case .reverse(let reverse): return try self.reverse(x[0], reverse.axis)
    case .identity: return x[0]
    case .fused, .fusedSums: throw .operation("a fused operation")
    case .allReduce, .allGather, .shard: throw .operation("a message between ranks")
    }
  }

  /// One number of as many axes as the value has, each of extent 1.
  private mutating func constant(_ value: Double, _ type: TensorType) -> Value {
    let rank = type.shape.rank
    var name = number(value)
    if rank > 0 { name = emit("Reshape", [name, integers([Int](repeating: 1, count: rank))]) }
    return Value(name: name, type: type, held: [Int](repeating: 1, count: rank))
  }

  private mutating func elementwise(
    _ opcode: ScalarOpcode, _ x: [Value], _ immediate: Double, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    let (held, factor) = try joined(x)
    let name = scalar(opcode, x.map(\.name), immediate, type.element)
    return Value(name: name, type: type, held: held, factor: factor)
  }

  private mutating func reduce(
    _ x: Value, _ reduce: Reduce, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    if reduce.axes.isEmpty { return x }
    if let factor = x.factor, reduce.axes.contains(factor.axis) {
      throw .batch("a sum goes over samples")
    }
    let x = try whole(x, along: reduce.axes)
    let kept = x.held.indices.filter { !reduce.axes.contains($0) }
    let name =
      reduce.kind == .sum
      ? emit("ReduceSum", [x.name, integers(reduce.axes)], [("keepdims", .integer(0))])
      : emit("ReduceMax", [x.name], [("axes", .integers(reduce.axes)), ("keepdims", .integer(0))])
    return Value(
      name: name, type: type, held: kept.map { x.held[$0] },
      factor: x.factor.flatMap { factor in
        kept.firstIndex(of: factor.axis).map { factor.moved(to: $0) }
      })
  }

  /// New axes have the extent 1.
  private mutating func broadcast(
    _ x: Value, _ broadcast: Broadcast, _ type: TensorType
  ) -> Value {
    let new = (0..<type.shape.rank).filter { !broadcast.axes.contains($0) }
    var held = [Int](repeating: 1, count: type.shape.rank)
    for (axis, target) in broadcast.axes.enumerated() { held[target] = x.held[axis] }
    return Value(
      name: new.isEmpty ? x.name : emit("Unsqueeze", [x.name, integers(new)]), type: type,
      held: held, factor: x.factor.map { $0.moved(to: broadcast.axes[$0.axis]) })
  }

  private mutating func reshape(_ x: Value, _ type: TensorType) throws(ONNXObstacle) -> Value {
    var sizes = type.shape.dimensions
    var factor: SampleFactor?
    if let old = x.factor {
      guard let new = old.reshaped(from: x.shape, to: type.shape) else {
        throw .batch("a change of shape tears samples apart")
      }
      (factor, sizes[new.axis]) = (new, -1)
    }
    let rest = x.held.indices.dropFirst()
    if factor == nil, x.shape.rank > 0, type.shape.rank > 0, x.repeats(along: 0), x.held[0] == 1,
      x.shape[0] == type.shape[0], rest.allSatisfy({ !x.repeats(along: $0) })
    {
      sizes[0] = 1
      let name = emit("Reshape", [x.name, integers(sizes)])
      return Value(name: name, type: type, held: sizes)
    }
    let x = try whole(x)
    return Value(
      name: emit("Reshape", [x.name, integers(sizes)]), type: type, held: type.shape.dimensions,
      factor: factor)
  }

  private mutating func transpose(_ x: Value, _ order: [Int], _ type: TensorType) -> Value {
    Value(
      name: emit("Transpose", [x.name], [("perm", .integers(order))]), type: type,
      held: order.map { x.held[$0] },
      factor: x.factor.flatMap { factor in
        order.firstIndex(of: factor.axis).map { factor.moved(to: $0) }
      })
  }

  private mutating func slice(
    _ x: Value, _ slice: Slice, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    let cut = x.held.indices.filter { axis in
      type.shape[axis] != x.shape[axis] && !x.repeats(along: axis)
    }
    if let factor = x.factor, cut.contains(factor.axis) {
      throw .batch("a part of samples is taken")
    }
    var held = type.shape.dimensions
    for axis in held.indices where x.repeats(along: axis) { held[axis] = 1 }
    guard !cut.isEmpty else {
      return Value(name: x.name, type: type, held: held, factor: x.factor)
    }
    let name = emit(
      "Slice",
      [
        x.name, integers(cut.map { slice.starts[$0] }), integers(cut.map { slice.limits[$0] }),
        integers(cut),
      ])
    return Value(name: name, type: type, held: held, factor: x.factor)
  }

  private mutating func pad(
    _ x: Value, _ pad: Pad, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    let padded = x.held.indices.filter { pad.low[$0] + pad.high[$0] > 0 }
    if let factor = x.factor, padded.contains(factor.axis) { throw .batch("samples are added") }
    let x = try whole(x, along: padded)
    var held = type.shape.dimensions
    for axis in held.indices where x.repeats(along: axis) { held[axis] = 1 }
    let name = emit("Pad", [x.name, integers(pad.low + pad.high), number(pad.fill.value)])
    return Value(name: name, type: type, held: held, factor: x.factor)
  }

  private mutating func concatenate(
    _ x: [Value], _ axis: Int, _ type: TensorType
  ) throws(ONNXObstacle) -> Value {
    let factor = x.lazy.compactMap(\.factor).first
    if factor?.axis == axis { throw .batch("samples stand side by side") }
    let repeated = x[0].held.indices.filter { place in
      place != axis && x.allSatisfy { $0.repeats(along: place) }
    }
    var parts: [Value] = []
    for var part in x {
      if let factor, part.factor != factor {
        guard part.factor == nil, part.held[factor.axis] == 1 else {
          throw .batch("samples stand beside values of other samples")
        }
        part = spread(part, factor)
      }
      parts.append(try whole(part, along: part.held.indices.filter { !repeated.contains($0) }))
    }
    var held = type.shape.dimensions
    for place in repeated { held[place] = 1 }
    let name = emit("Concat", parts.map(\.name), [("axis", .integer(axis))])
    return Value(name: name, type: type, held: held, factor: factor)
  }

  private mutating func reverse(_ x: Value, _ axis: Int) throws(ONNXObstacle) -> Value {
    if x.factor?.axis == axis { throw .batch("samples change their order") }
    if x.repeats(along: axis) { return x }
    var result = x
    result.name = emit(
      "Slice",
      [x.name, integers([-1]), integers([-x.shape[axis] - 1]), integers([axis]), integers([-1])])
    return result
  }
}
