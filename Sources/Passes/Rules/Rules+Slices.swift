import TensorIR

extension Rule {
  /// Parts of tensors.
  static let slices: [Rule] = [
    combineSlices, combinePads, sliceConcatenation, slicePad, sliceBroadcast, joinSlices,
    joinPads,
  ]

  /// A part of a part.
  ///
  ///     %1 = slice %0 {starts = [2], limits = [8]}
  ///     %2 = slice %1 {starts = [1], limits = [3]}   =>   %1 = slice %0 {starts = [3], limits = [5]}
  private static let combineSlices = Rule("combine-slices", on: [.slice]) { site in
    guard case .slice(let outer) = site.result.op, case .slice(let inner) = site[0].op else {
      return nil
    }
    return site[0].operand(0).slice(
      sum(outer.starts, inner.starts), sum(outer.limits, inner.starts))
  }

  /// A number around the same number.
  ///
  ///     %1 = pad %0 {low = [1], high = [0]}
  ///     %2 = pad %1 {low = [2], high = [3]}   =>   %1 = pad %0 {low = [3], high = [3]}
  private static let combinePads = Rule("combine-pads", on: [.pad]) { site in
    guard case .pad(let outer) = site.result.op, case .pad(let inner) = site[0].op,
      outer.fill == inner.fill
    else { return nil }
    return site[0].operand(0).pad(
      low: sum(outer.low, inner.low), high: sum(outer.high, inner.high), fill: outer.fill.value)
  }

  /// Takes the part from the operands that hold it.
  ///
  ///     %2 = concatenate %0, %1 {axis = 0}                  (4 and 4 rows)
  ///     %3 = slice %2 {starts = [5, 0], limits = [8, 3]}      =>   %2 = slice %1 {starts = [1, 0], limits = [4, 3]}
  private static let sliceConcatenation = Rule("slice-concatenation", on: [.slice]) { site in
    guard case .slice(let slice) = site.result.op, case .concatenate(let joined) = site[0].op else {
      return nil
    }
    let axis = joined.axis
    var parts: [Tensor] = []
    var start = 0
    for part in site[0].builder.node(site[0].id).operands.map(site.builder.tensor) {
      let extent = part.shape[axis]
      let low = max(slice.starts[axis], start) - start
      let high = min(slice.limits[axis], start + extent) - start
      start += extent
      guard low < high else { continue }
      var (starts, limits) = (slice.starts, slice.limits)
      (starts[axis], limits[axis]) = (low, high)
      parts.append(part.slice(starts, limits))
    }
    return parts.count < site[0].builder.node(site[0].id).operands.count
      ? concatenate(parts, axis: axis) : nil
  }

  /// Cuts first, then puts around what is still needed.
  ///
  ///     %1 = pad %0 {low = [2], high = [2]}
  ///     %2 = slice %1 {starts = [2], limits = [6]}   =>   %0      (of 4 elements)
  private static let slicePad = Rule("slice-pad", on: [.slice]) { site in
    guard case .slice(let slice) = site.result.op, case .pad(let pad) = site[0].op else {
      return nil
    }
    let x = site[0].operand(0)
    let axes = 0..<x.shape.rank
    let starts = axes.map { max(0, slice.starts[$0] - pad.low[$0]) }
    let limits = axes.map { min(x.shape[$0], slice.limits[$0] - pad.low[$0]) }
    guard axes.allSatisfy({ starts[$0] < limits[$0] }) else {
      return site.result.constantAlike(pad.fill.value)
    }
    let low = axes.map { max(0, pad.low[$0] - slice.starts[$0]) }
    let high = axes.map { site.result.shape[$0] - low[$0] - (limits[$0] - starts[$0]) }
    return x.slice(starts, limits).pad(low: low, high: high, fill: pad.fill.value)
  }

  /// Repeats less often.
  ///
  ///     %1 = broadcast %0 {shape = [8, 3], axes = [1]}
  ///     %2 = slice %1 {starts = [0, 0], limits = [4, 3]}   =>   %1 = broadcast %0 {shape = [4, 3], axes = [1]}
  private static let sliceBroadcast = Rule("slice-broadcast", on: [.slice]) { site in
    guard case .slice(let slice) = site.result.op, let (broadcast, x) = site[0].asBroadcast else {
      return nil
    }
    return x.slice(broadcast.axes.map { slice.starts[$0] }, broadcast.axes.map { slice.limits[$0] })
      .broadcast(to: site.result.shape, axes: broadcast.axes)
  }

  /// Neighbouring parts of one tensor, side by side again.
  ///
  ///     %1 = slice %0 {starts = [0], limits = [2]}
  ///     %2 = slice %0 {starts = [2], limits = [6]}
  ///     %3 = concatenate %1, %2 {axis = 0}           =>   %1 = slice %0 {starts = [0], limits = [6]}
  private static let joinSlices = Rule("join-slices", on: [.concatenate]) { site in
    guard case .concatenate(let joined) = site.result.op else { return nil }
    var parts: [Tensor] = []
    for operand in site.operands {
      guard let last = parts.last, let whole = last.joined(with: operand, axis: joined.axis) else {
        parts.append(operand)
        continue
      }
      parts[parts.count - 1] = whole
    }
    return parts.count < site.operands.count ? concatenate(parts, axis: joined.axis) : nil
  }

  /// Parts that were filled up with zeros and added lie side by side.
  ///
  ///     %2 = pad %0 {low = [0], high = [4]}
  ///     %3 = pad %1 {low = [4], high = [0]}
  ///     %4 = zip %2, %3 {f = add}             =>   %2 = concatenate %0, %1 {axis = 0}
  private static let joinPads = Rule("join-pads", on: [.zip]) { site in
    guard case .zip(let zip) = site.result.op, zip.function == .add,
      case .pad(let a) = site[0].op, case .pad(let b) = site[1].op, a.fill.value == 0,
      b.fill.value == 0
    else { return nil }
    let axes = a.low.indices.filter { a.low[$0] + a.high[$0] + b.low[$0] + b.high[$0] > 0 }
    guard axes.count == 1, let axis = axes.first else { return nil }
    let (x, y) = (site[0].operand(0), site[1].operand(0))
    if a.low[axis] == 0, b.high[axis] == 0, b.low[axis] == x.shape[axis] {
      return concatenate([x, y], axis: axis)
    }
    if b.low[axis] == 0, a.high[axis] == 0, a.low[axis] == y.shape[axis] {
      return concatenate([y, x], axis: axis)
    }
    return nil
  }

  private static func sum(_ a: [Int], _ b: [Int]) -> [Int] { zip(a, b).map { $0 + $1 } }
}

extension Tensor {
  /// The slice that covers this one and `next`, where both cut the same tensor and meet along
  /// `axis`.
  fileprivate func joined(with next: Tensor, axis: Int) -> Tensor? {
    guard case .slice(let a) = op, case .slice(let b) = next.op,
      operand(0).id == next.operand(0).id,
      a.limits[axis] == b.starts[axis]
    else { return nil }
    for other in a.starts.indices where other != axis {
      guard a.starts[other] == b.starts[other], a.limits[other] == b.limits[other] else {
        return nil
      }
    }
    return operand(0).slice(a.starts, b.limits)
  }
}
