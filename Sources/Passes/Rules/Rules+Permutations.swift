import TensorIR

extension Rule {
  /// Flattened images that were transposed: the smaller factor of a product is permuted instead.
  static let permutations: [Rule] = [
    permuteSmallerFactor, permuteProductThroughFactor, flattenIntoMatrices, flattenProducts,
  ]

  /// A permutation of the rows or columns of one factor is one of the other factor, or of the
  /// product.
  ///
  ///     %2 = transpose %0 {permutation = [0, 3, 1, 2]} : f32[64x128x7x7]
  ///     %3 = reshape %2 {shape = [64, 6272]}
  ///     %4 = matmul %3, %1 {tb = true} : f32[64x1]                        (%1 : f32[1x6272])
  ///     =>
  ///     %2 = reshape %0 {shape = [64, 6272]}
  ///     %3 = %1 with its columns permuted
  ///     %4 = matmul %2, %3 {tb = true} : f32[64x1]
  private static let permuteSmallerFactor = Rule("permute-smaller-factor", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op, site.result.shape.rank == 2 else { return nil }
    for index in 0..<2 {
      guard let permuted = PermutedMatrix(site[index]) else { continue }
      let isTransposed = index == 0 ? matmul.transposeA : matmul.transposeB
      let isContracted = permuted.axis == (isTransposed == (index == 0) ? 0 : 1)
      let other = site[1 - index]
      var operands = site.operands
      operands[index] = permuted.source.reshape(site[index].shape)
      if isContracted {
        guard other.shape.count < site[index].shape.count else { continue }
        let axis = index == 0 ? (matmul.transposeB ? 1 : 0) : (matmul.transposeA ? 0 : 1)
        operands[1 - index] = permuted.undone(on: other, axis: axis)
        return site.builder.emit(site.result.op, operands)
      }
      guard site.result.shape.count < site[index].shape.count else { continue }
      return permuted.redone(on: site.builder.emit(site.result.op, operands), axis: index)
    }
    return nil
  }

  /// A permutation of the rows or columns of a product is one of a factor.
  ///
  ///     %2 = matmul %0, %1 : f32[64x6272]                               (%1 : f32[10x6272])
  ///     %3 = reshape %2 {shape = [64, 128, 7, 7]}
  ///     %4 = transpose %3 {permutation = [0, 2, 3, 1]}
  ///     =>
  ///     %2 = %1 with its columns permuted
  ///     %3 = matmul %0, %2
  ///     %4 = reshape %3 {shape = [64, 7, 7, 128]}
  private static let permuteProductThroughFactor = Rule(
    "permute-product-through-factor", on: [.transpose]
  ) { site in
    guard case .transpose(let transpose) = site.result.op,
      let product = site[0].asReshaped, case .matmul(let matmul) = product.op,
      product.shape.rank == 2
    else { return nil }
    for axis in 0..<2 {
      let factor = product.operand(axis)
      guard factor.shape.count < product.shape.count,
        let split = site[0].shape.split(product.shape[0]),
        transpose.permutation.moves(axis == 0 ? 0..<split : split..<site[0].shape.rank)
      else { continue }
      let part = axis == 0 ? 0..<split : split..<site[0].shape.rank
      let isTransposed = axis == 0 ? matmul.transposeA : matmul.transposeB
      let factorAxis = axis == 0 ? (isTransposed ? 1 : 0) : (isTransposed ? 0 : 1)
      var operands = [product.operand(0), product.operand(1)]
      operands[axis] = factor.permuted(
        axis: factorAxis, extents: part.map { site[0].shape[$0] },
        by: part.map { transpose.permutation[$0] - part.lowerBound })
      return site.builder.emit(product.op, operands).reshape(site.result.shape)
    }
    return nil
  }

  /// Matrices whose rows and columns changed places before they were flattened are read transposed.
  ///
  ///     %2 = transpose %0 {permutation = [0, 3, 1, 2]} : f32[64x32x16x16]
  ///     %3 = reshape %2 {shape = [64, 32, 256]}
  ///     %4 = matmul %3, %1 {ta = true}                =>   %2 = reshape %0 {shape = [64, 256, 32]}
  ///                                                        %3 = matmul %2, %1 {ta = false}
  private static let flattenIntoMatrices = Rule("flatten-into-matrices", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op, site.result.shape.rank > 2 else { return nil }
    let (a, b) = (site[0].flattenedAfterTransposition, site[1].flattenedAfterTransposition)
    guard a != nil || b != nil else { return nil }
    return (a ?? site[0]).matmul(
      b ?? site[1], transposeA: matmul.transposeA != (a != nil),
      transposeB: matmul.transposeB != (b != nil))
  }

  /// Products that are taken apart into images, whose rows and columns then change places, are made transposed.
  ///
  ///     %2 = matmul %0, %1 : f32[64x32x256]
  ///     %3 = reshape %2 {shape = [64, 32, 16, 16]}
  ///     %4 = transpose %3 {permutation = [0, 2, 3, 1]}   =>   %2 = matmul %1, %0 {ta = true, tb = true}
  ///                                                           %3 = reshape %2 {shape = [64, 16, 16, 32]}
  private static let flattenProducts = Rule("flatten-products", on: [.transpose]) { site in
    guard case .transpose(let transpose) = site.result.op, let product = site[0].asReshaped,
      case .matmul(let matmul) = product.op, product.shape.rank > 2,
      transpose.exchanges(product.shape, flattened: site[0].shape)
    else { return nil }
    return product.operand(1).matmul(
      product.operand(0), transposeA: !matmul.transposeB, transposeB: !matmul.transposeA
    )
    .reshape(site.result.shape)
  }
}

extension Tensor {
  /// The matrices that the value is the transposes of, where it flattens a tensor whose rows and columns changed places.
  fileprivate var flattenedAfterTransposition: Tensor? {
    guard let transposed = asReshaped, case .transpose(let transpose) = transposed.op,
      shape.rank > 2
    else { return nil }
    let swapped = shape.batch + [shape[shape.rank - 1], shape[shape.rank - 2]]
    let back = Transpose(permutation: transpose.inverse)
    guard back.exchanges(shape, flattened: transposed.shape) else { return nil }
    return transposed.operand(0).reshape(Shape(swapped))
  }
}

extension Transpose {
  /// `true` iff, for a tensor of shape `whole` that is a reshape of matrices of shape `matrices`, this exchanges the axes
  /// of their rows with those of their columns, and keeps the order of each.
  fileprivate func exchanges(_ matrices: Shape, flattened whole: Shape) -> Bool {
    let rank = whole.rank
    guard let first = whole.split(matrices.batch.reduce(1, *)),
      let second = Shape(Array(whole.dimensions[first...])).split(matrices[matrices.rank - 2])
    else { return false }
    let middle = first + second
    return first < middle && middle < rank
      && permutation == Array(0..<first) + Array(middle..<rank) + Array(first..<middle)
  }
}

/// A matrix made of a tensor by transposing some axes and flattening, where only the axes that make
/// up its rows, or only those that make up its columns, change places.
private struct PermutedMatrix {
  let source: Tensor
  /// Which axis of the matrix is permuted.
  let axis: Int
  /// The axes of the transposed tensor that make it up.
  private let extents: [Int]
  private let permutation: [Int]

  init?(_ matrix: Tensor) {
    guard let transposed = matrix.asReshaped, case .transpose(let transpose) = transposed.op,
      let split = transposed.shape.split(matrix.shape[0])
    else { return nil }
    let parts = [0..<split, split..<transposed.shape.rank]
    guard let axis = parts.indices.first(where: { transpose.permutation.moves(parts[$0]) }) else {
      return nil
    }
    self.axis = axis
    source = transposed.operand(0)
    extents = parts[axis].map { transposed.shape[$0] }
    permutation = parts[axis].map { transpose.permutation[$0] - parts[axis].lowerBound }
  }

  /// `matrix`, whose `axis` runs as the transposed tensor does, in the order of the source.
  func undone(on matrix: Tensor, axis: Int) -> Tensor {
    matrix.permuted(axis: axis, extents: extents, by: Transpose(permutation: permutation).inverse)
  }

  /// `matrix`, whose `axis` runs as the source does, in the order of the transposed tensor.
  func redone(on matrix: Tensor, axis: Int) -> Tensor {
    matrix.permuted(
      axis: axis, extents: Transpose(permutation: permutation).inverse.map { extents[$0] },
      by: permutation)
  }
}

extension Tensor {
  /// The matrix with `axis` taken apart into `extents`, these permuted, and flattened again.
  fileprivate func permuted(axis: Int, extents: [Int], by permutation: [Int]) -> Tensor {
    let rest = shape[1 - axis]
    if axis == 0 {
      return reshape(Shape(extents + [rest])).transpose(permutation + [extents.count]).reshape(
        shape)
    }
    return reshape(Shape([rest] + extents)).transpose([0] + permutation.map { $0 + 1 }).reshape(
      shape)
  }
}

extension Shape {
  /// How many leading axes have `count` elements together; nil where none do.
  fileprivate func split(_ count: Int) -> Int? {
    var product = 1
    for axis in 0..<rank {
      if product == count { return axis }
      product *= dimensions[axis]
    }
    return product == count ? rank : nil
  }
}

extension [Int] {
  /// `true` iff the permutation moves axes within `part` and no others.
  fileprivate func moves(_ part: Range<Int>) -> Bool {
    indices.allSatisfy { part.contains($0) ? part.contains(self[$0]) : self[$0] == $0 }
      && part.contains { self[$0] != $0 }
  }
}
