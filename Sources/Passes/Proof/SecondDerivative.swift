import Autodiff
import TensorIR

/// How an operation depends on some of its operands, as far as derivatives see.
enum LocalDependence: Equatable {
  /// All first derivatives are symbolic zeros: a mask, a comparison, a stopped gradient.
  case constant
  /// All second derivatives are: the operation is linear on each of finitely many pieces.
  case piecewiseLinear
  case curved
}

extension Graph {
  /// What the operation's own derivative rule says of the operands that are `active`, taken together: of x·y it says
  /// linear with one of them active, curved with both.
  func dependence(ofNode index: Int, on active: Set<ValueID>) -> LocalDependence {
    let node = nodes[index]
    let builder = GraphBuilder(element: node.type.element)
    var copies: [ValueID: Tensor] = [:]
    let operands = node.operands.map { id -> Tensor in
      if let copy = copies[id] { return copy }
      let copy = copyForDerivative(of: id, in: builder)
      copies[id] = copy
      return copy
    }
    let result = builder.emit(node.op, operands)
    let cotangent = builder.input("cotangent", node.type.shape)
    let parts = node.op.definition.vjp(Site(operands: operands, result: result), cotangent)
    var product: Tensor?
    for (position, part) in parts.enumerated() {
      guard let part, active.contains(node.operands[position]) else { continue }
      // Any direction will do, and an input of its own for each operand keeps terms from cancelling.
      let direction = builder.input("direction\(position)", part.shape)
      let term = (part * direction).sum()
      product = product.map { $0 + term } ?? term
    }
    guard let product else { return .constant }
    let targets = active.compactMap { copies[$0] }
    let second = gradients(of: product, withRespectTo: targets)
    return second.allSatisfy { $0 == nil } ? .piecewiseLinear : .curved
  }

  /// A constant where the operand is one, since rules may ask for its value; an input otherwise.
  private func copyForDerivative(of id: ValueID, in builder: GraphBuilder) -> Tensor {
    if case .constant = self[id].op { return builder.emit(self[id].op, []) }
    return builder.input("operand\(id.index)", self[id].type.shape)
  }
}
