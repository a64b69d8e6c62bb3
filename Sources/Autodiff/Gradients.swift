import TensorIR

/// The gradients of a scalar with respect to each target; nil where it does not depend on one (a symbolic zero).
///
/// Reverse mode: cotangents flow from `output` back along the nodes that depend on a target, each through the rule of
/// its operation, and are added where paths meet. The rules emit ordinary nodes, so the result can be differentiated
/// again, to any order.
///
/// - Requires: `output` and `targets` belong to one builder; `output` has one element.
public func gradients(of output: Tensor, withRespectTo targets: [Tensor]) -> [Tensor?] {
  precondition(output.shape.count == 1, "only a scalar has a gradient")
  let builder = output.builder
  let saved = builder.origin
  defer { builder.origin = saved }

  let active = dependents(of: targets, upTo: output)
  var cotangents = [Tensor?](repeating: nil, count: output.id.index + 1)
  cotangents[output.id.index] = builder.constant(1, output.shape)

  for index in stride(from: output.id.index, through: 0, by: -1) where active[index] {
    guard let cotangent = cotangents[index] else { continue }
    let node = builder.node(ValueID(index))
    let site = Site(
      operands: node.operands.map(builder.tensor), result: builder.tensor(ValueID(index)))
    builder.origin = builder.origin(of: site.result).differentiated
    let flowing = node.operands.contains { active[$0.index] }
    guard flowing else { continue }
    for (operand, part) in zip(node.operands, node.op.definition.vjp(site, cotangent)) {
      guard active[operand.index], let part else { continue }
      cotangents[operand.index] = cotangents[operand.index].map { $0 + part } ?? part
    }
  }
  return targets.map { $0.id.index < cotangents.count ? cotangents[$0.id.index] : nil }
}

/// For each node up to `output`, whether it depends on a target (or is one).
private func dependents(of targets: [Tensor], upTo output: Tensor) -> [Bool] {
  var active = [Bool](repeating: false, count: output.id.index + 1)
  for target in targets where target.id <= output.id { active[target.id.index] = true }
  for index in active.indices where !active[index] {
    active[index] = output.builder.node(ValueID(index)).operands.contains { active[$0.index] }
  }
  return active
}
