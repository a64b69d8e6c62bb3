import TensorIR

extension StableHLOBody {
  /// What a node computes; an operation that lacks a case does not compile.
  mutating func value(of op: Op, _ x: [Value], _ type: TensorType) -> Value {
    switch op {
    case .input(let input): return Value(name: "%arg\(input.index)", type: type)
    case .constant(let constant): return self.constant(constant.value.value, type)
    case .map(let map): return scalar(map.function.opcode, x, map.parameter.value)
    case .zip(let zip): return scalar(zip.function.opcode, x, 0)
    case .select: return scalar(.select, x, 0)
    case .matmul(let matmul): return product(matmul, x[0], x[1], type)
    case .convolution(let convolution): return self.convolution(convolution, x[0], x[1], type)
    case .reduce(let reduce): return self.reduce(x[0], reduce.kind, reduce.axes)
    case .broadcast(let broadcast):
      return self.broadcast(x[0], broadcast.shape, axes: broadcast.axes)
    case .reshape: return reshape(x[0], type.shape)
    case .transpose(let transpose):
      return reshaping("transpose", x[0], ", dims = \(transpose.permutation.mlir)", to: type.shape)
    case .slice(let slice):
      let ranges = zip(slice.starts, slice.limits).map { "\($0):\($1)" }.joined(separator: ", ")
      return reshaping("slice", x[0], " [\(ranges)]", to: type.shape)
    case .pad(let pad): return self.pad(x[0], pad, type)
    case .concatenate(let concatenate):
      return self.concatenate(x, axis: concatenate.axis, type)
    case .reverse(let reverse):
      return emit("stablehlo.reverse \(x[0].name), dims = [\(reverse.axis)] : \(type.mlir)", type)
    case .identity: return x[0]
    case .fused(let fused): return self.fused(fused, x)
    case .fusedSums(let sums): return fusedSums(sums, x, type)
    case .allReduce(let reduce): return allReduce(reduce, x[0])
    case .allGather(let gather): return allGather(gather, x[0], type)
    case .shard(let shard): return self.shard(shard, x[0], type)
    }
  }

  private mutating func product(
    _ matmul: MatMul, _ a: Value, _ b: Value, _ type: TensorType
  ) -> Value {
    let batch = Array(a.shape.batch.indices)
    let batching = batch.isEmpty ? "" : "batching_dims = \(batch.mlir) x \(batch.mlir), "
    let (inner, outer) = (matmul.innerAxisOfA(a.shape), matmul.innerAxisOfB(b.shape))
    return emit(
      "stablehlo.dot_general \(a.name), \(b.name), \(batching)contracting_dims = [\(inner)] x "
        + "[\(outer)], precision = [HIGHEST, HIGHEST] : "
        + "(\(a.type.mlir), \(b.type.mlir)) -> \(type.mlir)", type)
  }

  private mutating func pad(_ x: Value, _ pad: Pad, _ type: TensorType) -> Value {
    let fill = constant(pad.fill.value, type.with(shape: []))
    let interior = [Int](repeating: 0, count: type.shape.rank)
    return emit(
      "stablehlo.pad \(x.name), \(fill.name), low = \(pad.low.mlir), high = \(pad.high.mlir), "
        + "interior = \(interior.mlir) : (\(x.type.mlir), \(fill.type.mlir)) -> \(type.mlir)", type)
  }
}
