import TensorIR

/// Ranks are replicas: each runs the whole module, and replica r is rank r.
extension StableHLOBody {
  mutating func allReduce(_ reduce: AllReduce, _ x: Value) -> Value {
    let scalar = x.type.with(shape: []).mlir
    let function = reduce.kind == .sum ? "add" : "maximum"
    return emit(
      "\"stablehlo.all_reduce\"(\(x.name)) ({ ^bb0(%a: \(scalar), %b: \(scalar)): "
        + "%c = stablehlo.\(function) %a, %b : \(scalar) stablehlo.return %c : \(scalar) }) "
        + "{replica_groups = \(Self.everyone(reduce.ranks))} : (\(x.type.mlir)) -> \(x.type.mlir)",
      x.type)
  }

  /// Puts rank after rank behind each sample's place, so that sample i is place i div R of rank i mod R.
  mutating func allGather(_ gather: AllGather, _ x: Value, _ type: TensorType) -> Value {
    let (ranks, factor) = (gather.ranks, gather.factor)
    var dimensions = x.shape.dimensions
    dimensions.replaceSubrange(
      factor.axis...factor.axis, with: [factor.outer, factor.count / ranks, 1, factor.inner])
    let part = reshape(x, Shape(dimensions))
    dimensions[factor.axis + 2] = ranks
    let whole = type.with(shape: Shape(dimensions))
    let gathered = emit(
      "\"stablehlo.all_gather\"(\(part.name)) {all_gather_dim = \(factor.axis + 2) : i64, "
        + "replica_groups = \(Self.everyone(ranks))} : (\(part.type.mlir)) -> \(whole.mlir)", whole)
    return reshape(gathered, type.shape)
  }

  /// A slice whose start is the replica's number.
  mutating func shard(_ shard: Shard, _ x: Value, _ type: TensorType) -> Value {
    let (ranks, factor) = (shard.ranks, shard.factor)
    var dimensions = x.shape.dimensions
    dimensions.replaceSubrange(
      factor.axis...factor.axis, with: [factor.outer, factor.count / ranks, ranks, factor.inner])
    let whole = reshape(x, Shape(dimensions))
    dimensions[factor.axis + 2] = 1
    let part = type.with(shape: Shape(dimensions))
    let starts = dimensions.indices.map { $0 == factor.axis + 2 ? "%rank" : "%zero" }
    return reshape(
      emit(
        "stablehlo.dynamic_slice \(whole.name), \(starts.joined(separator: ", ")), sizes = "
          + "\(dimensions.mlir) : (\(whole.type.mlir)"
          + String(repeating: ", tensor<ui32>", count: starts.count) + ") -> \(part.mlir)", part),
      type.shape)
  }

  private static func everyone(_ ranks: Int) -> String {
    let numbers = (0..<ranks).map(String.init).joined(separator: ", ")
    return "dense<[[\(numbers)]]> : tensor<1x\(ranks)xi64>"
  }
}
