import TensorIR

extension Rule {
  /// Products of matrices.
  static let contractions: [Rule] = [
    foldTransposeIntoMatmul, transposeMatmul, outerProduct, matmulOfRepeatedRows, matmulOfConstant,
    matmulOfRepeatedMatrix, sumOfProducts,
  ]

  /// Kernels read a matrix transposed at no cost.
  ///
  ///     %2 = transpose %0 {permutation = [1, 0]}
  ///     %3 = matmul %2, %1 {ta = false, tb = false}   =>   %2 = matmul %0, %1 {ta = true, tb = false}
  private static let foldTransposeIntoMatmul = Rule("fold-transpose-into-matmul", on: [.matmul]) {
    site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    func source(_ t: Tensor) -> Tensor? {
      guard case .transpose(let transpose) = t.op, transpose.transposesMatrices else { return nil }
      return t.operand(0)
    }
    let (a, b) = (source(site[0]), source(site[1]))
    guard a != nil || b != nil else { return nil }
    return (a ?? site[0]).matmul(
      b ?? site[1], transposeA: matmul.transposeA != (a != nil),
      transposeB: matmul.transposeB != (b != nil))
  }

  /// A transposed product is the product of the transposes, exchanged: (A·B)ᵀ = Bᵀ·Aᵀ.
  ///
  ///     %2 = matmul %0, %1 {ta = false, tb = false}
  ///     %3 = transpose %2 {permutation = [1, 0]}      =>   %2 = matmul %1, %0 {ta = true, tb = true}
  private static let transposeMatmul = Rule("transpose-matmul", on: [.transpose]) { site in
    guard case .transpose(let transpose) = site.result.op, transpose.transposesMatrices,
      case .matmul(let matmul) = site[0].op
    else { return nil }
    return site[0].operand(1).matmul(
      site[0].operand(0), transposeA: !matmul.transposeB, transposeB: !matmul.transposeA)
  }

  /// A column times a row is elementwise work, which can be fused.
  ///
  ///     %2 = matmul %0, %1 : f32[8x1] · f32[1x3]   =>   %2 = reshape %0, %3 = broadcast %2 {axes = [0]}
  ///                                                     %4 = reshape %1, %5 = broadcast %4 {axes = [1]}
  ///                                                     %6 = zip %3, %5 {f = multiply}
  private static let outerProduct = Rule("outer-product", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op,
      site[0].shape[matmul.innerAxisOfA(site[0].shape)] == 1
    else { return nil }
    let shape = site.result.shape
    let (rows, columns) = (shape.axesOfRows, shape.axesOfColumns)
    return site[0].reshape(shape.extents(of: rows)).broadcast(to: shape, axes: rows)
      * site[1].reshape(shape.extents(of: columns)).broadcast(to: shape, axes: columns)
  }

  /// Equal rows give equal rows: one is enough.
  ///
  /// Likewise equal columns of the right factor.
  ///
  ///     %2 = broadcast %0 {shape = [64, 5], axes = [1]}
  ///     %3 = matmul %2, %1 : f32[64x3]                    =>   %2 = reshape %0 {shape = [1, 5]}
  ///                                                            %3 = matmul %2, %1 : f32[1x3]
  ///                                                            %4 = reshape %3 {shape = [3]}
  ///                                                            %5 = broadcast %4 {shape = [64, 3], axes = [1]}
  private static let matmulOfRepeatedRows = Rule("matmul-of-repeated-rows", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    let (shape, last) = (site.result.shape, site.result.shape.rank - 1)
    let (rows, columns) = (shape.axesOfRows, shape.axesOfColumns)
    let (a, b) = (site[0], site[1])
    if shape[last - 1] > 1, let row = a.repeated(along: matmul.outerAxisOfA(a.shape)) {
      let inner = a.shape[matmul.innerAxisOfA(a.shape)]
      return row.reshape(Shape(shape.batch + [1, inner]))
        .matmul(b, transposeB: matmul.transposeB)
        .reshape(shape.extents(of: columns)).broadcast(to: shape, axes: columns)
    }
    if shape[last] > 1, let column = b.repeated(along: matmul.outerAxisOfB(b.shape)) {
      let inner = b.shape[matmul.innerAxisOfB(b.shape)]
      return a.matmul(
        column.reshape(Shape(shape.batch + [inner, 1])), transposeA: matmul.transposeA
      )
      .reshape(shape.extents(of: rows)).broadcast(to: shape, axes: rows)
    }
    return nil
  }

  /// A matrix that repeats one number sums the rows or columns of the other.
  ///
  ///     %2 = matmul %0, %1     (%0 = 2 everywhere)   =>   %2 = reduce %1 {kind = sum, axes = [0]}
  ///                                                       %3 = map %2 {f = scale, c = 2.0}
  ///                                                       %4 = broadcast %3 {shape = [64, 3], axes = [1]}
  private static let matmulOfConstant = Rule("matmul-of-constant", on: [.matmul]) { site in
    guard case .matmul(let matmul) = site.result.op else { return nil }
    let shape = site.result.shape
    let (a, b) = (site[0], site[1])
    if let value = a.constantValue {
      return b.sum([matmul.innerAxisOfB(b.shape)]).scaled(by: value).broadcast(
        to: shape, axes: shape.axesOfColumns)
    }
    return b.constantValue.map { value in
      a.sum([matmul.innerAxisOfA(a.shape)]).scaled(by: value).broadcast(
        to: shape, axes: shape.axesOfRows)
    }
  }

  /// Products with one matrix are one product of all their rows.
  ///
  ///     %2 = broadcast %1 {shape = [8, 5, 3], axes = [1, 2]}
  ///     %3 = matmul %0, %2 : f32[8x64x3]      =>   %2 = reshape %0 {shape = [512, 5]}
  ///                                                %3 = matmul %2, %1 : f32[512x3]
  ///                                                %4 = reshape %3 {shape = [8, 64, 3]}
  private static let matmulOfRepeatedMatrix = Rule("matmul-of-repeated-matrix", on: [.matmul]) {
    site in
    guard case .matmul(let matmul) = site.result.op, !matmul.transposeA,
      let (broadcast, matrix) = site[1].asBroadcast
    else { return nil }
    let (a, rank) = (site[0].shape, site[0].shape.rank)
    guard rank > 2, broadcast.axes == [rank - 2, rank - 1] else { return nil }
    let rows = a.dimensions.dropLast().reduce(1, *)
    return site[0].reshape([rows, a[rank - 1]]).matmul(matrix, transposeB: matmul.transposeB)
      .reshape(site.result.shape)
  }

  /// A sum of products of matrices side by side is one product with longer sums.
  ///
  ///     %2 = matmul %0, %1 {ta = true} : f32[8x5x3]   (of f32[8x64x5] and f32[8x64x3])
  ///     %3 = reduce %2 {kind = sum, axes = [0]}        =>   %2 = reshape %0 {shape = [512, 5]}
  ///                                                         %3 = reshape %1 {shape = [512, 3]}
  ///                                                         %4 = matmul %2, %3 {ta = true}
  private static let sumOfProducts = Rule("sum-of-products", on: [.reduce]) { site in
    guard case .reduce(let reduce) = site.result.op, reduce.kind == .sum,
      case .matmul(let matmul) = site[0].op, matmul.transposeA, !matmul.transposeB,
      reduce.axes.count > 0, reduce.axes == Array(0..<site[0].shape.rank - 2)
    else { return nil }
    func flat(_ x: Tensor) -> Tensor {
      x.reshape([x.shape.dimensions.dropLast().reduce(1, *), x.shape[x.shape.rank - 1]])
    }
    return flat(site[0].operand(0)).matmul(flat(site[0].operand(1)), transposeA: true)
  }
}

extension Transpose {
  /// `true` iff the last two axes change places, and no others.
  var transposesMatrices: Bool {
    let rank = permutation.count
    return rank >= 2 && permutation == Array(0..<rank - 2) + [rank - 1, rank - 2]
  }
}

extension Shape {
  /// The axes of products without those of their columns, and without those of their rows.
  fileprivate var axesOfRows: [Int] { Array(0..<rank - 1) }
  fileprivate var axesOfColumns: [Int] { Array(0..<rank - 2) + [rank - 1] }

  fileprivate func extents(of axes: [Int]) -> Shape { Shape(axes.map { self[$0] }) }
}

extension Tensor {
  /// What the value repeats along `axis`, where it does, without that axis.
  fileprivate func repeated(along axis: Int) -> Tensor? {
    guard let (broadcast, x) = asBroadcast, !broadcast.axes.contains(axis) else { return nil }
    let kept = shape.axes(without: [axis])
    return x.broadcast(
      to: shape.extents(of: kept),
      axes: broadcast.axes.map { kept.partitioningPosition(of: $0) })
  }
}
