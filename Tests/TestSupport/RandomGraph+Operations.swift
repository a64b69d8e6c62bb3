import TensorIR

/// The operations that a random graph draws, each with a bound of its values.
extension RandomGraph {
  mutating func addOperation() {
    switch number(0...13) {
    case 0, 1: addMap()
    case 2, 3, 4: addZip()
    case 5: addSelect()
    case 6: addMatmul()
    case 7, 8: addConvolution()
    case 9: addReduction()
    case 10: addBroadcast()
    case 11, 12: addShaping()
    default: addIdentity()
    }
  }

  private mutating func addMap() {
    let x = pick()
    let function = MapFunction.allCases[number(0...MapFunction.allCases.count - 1)]
    let positive = x.tensor.map(.square) + 0.5
    let bound = x.bound * x.bound + 1
    switch function {
    case .sign, .mask:
      if x.isExact { add(x.tensor.map(function, 0.2), bound: 1, isExact: true) }
    case .exp: add(x.tensor.map(.tanh).map(.exp), bound: 3)
    case .log, .sqrt, .rsqrt, .reciprocal, .normRoot, .inverseNormRoot:
      add(positive.map(function), bound: bound)
    case .power:
      add(positive.map(.power, [-1, 0.5, 1, 2, 1.5][number(0...4)]), bound: bound * bound)
    case .scale: add(x.tensor.map(.scale, [-2, -1, 0, 0.5, 1][number(0...4)]), bound: 2 * x.bound)
    case .shift: add(x.tensor.map(.shift, [-1, 0, 0.5][number(0...2)]), bound: x.bound + 1)
    case .leakyRelu: add(x.tensor.map(.leakyRelu, [0, 0.2, 1][number(0...2)]), bound: x.bound)
    case .square: add(x.tensor.map(.square), bound: bound)
    default: add(x.tensor.map(function), bound: x.bound + 1)
    }
  }

  private mutating func addZip() {
    let a = pick()
    let b = pick(a.tensor.shape)
    let (x, y) = chance(50) ? (a, b) : (b, a)
    let function = ZipFunction.allCases[number(0...ZipFunction.allCases.count - 1)]
    switch function {
    case .greater, .greaterEqual, .equal:
      if x.isExact && y.isExact { add(x.tensor.zip(function, y.tensor), bound: 1, isExact: true) }
    case .divide: add(x.tensor / (y.tensor.map(.square) + 0.5), bound: 2 * x.bound)
    case .power:
      add(
        (x.tensor.map(.square) + 0.5).zip(.power, y.tensor.map(.tanh)), bound: x.bound * x.bound + 2
      )
    case .multiply: add(x.tensor * y.tensor, bound: x.bound * y.bound)
    default: add(x.tensor.zip(function, y.tensor), bound: x.bound + y.bound)
    }
  }

  private mutating func addSelect() {
    let a = pick()
    let (b, condition) = (pick(a.tensor.shape), pick(a.tensor.shape))
    guard condition.isExact else { return }
    add(
      a.tensor.select(where: condition.tensor.map(.mask, 0), else: b.tensor),
      bound: max(a.bound, b.bound),
      isExact: a.isExact && b.isExact)
  }

  private mutating func addMatmul() {
    let rank = [2, 2, 3, 4][number(0...3)]
    let a = pick(rank: rank)
    let (transposeA, transposeB) = (chance(50), chance(50))
    let inner = a.tensor.shape[rank - (transposeA ? 2 : 1)]
    let outer = number(1...4)
    let b = pick(Shape(a.tensor.shape.batch + (transposeB ? [outer, inner] : [inner, outer])))
    add(
      a.tensor.matmul(b.tensor, transposeA: transposeA, transposeB: transposeB),
      bound: Double(inner) * a.bound * b.bound)
  }

  private mutating func addConvolution() {
    let x = pick(rank: 4)
    let s = x.tensor.shape
    let pad = number(0...1)
    let kernel = (0..<2).map { axis in min(number(1...3), s[2 + axis] + 2 * pad) }
    let groups = s[1].isMultiple(of: 2) && chance(30) ? 2 : 1
    let geometry = ConvolutionGeometry(
      batch: s[0], inChannels: s[1], inSize: [s[2], s[3]], outChannels: groups * number(1...2),
      kernel: kernel, stride: [number(1...2), 1], padLow: [pad, pad], padHigh: [pad, pad],
      dilation: [1, 1], groups: groups)
    let (w, y) = (geometry.filterShape, geometry.outputShape(.nchw))
    let direction = ConvolutionDirection.allCases[number(0...2)]
    let a = direction == .inputGradient ? pick(y) : x
    let b = pick(direction == .filterGradient ? y : w)
    let terms = Double(max(w.count, y.count))
    add(
      builder.emit(.convolution(Convolution(direction, geometry)), [a.tensor, b.tensor]),
      bound: terms * a.bound * b.bound)
  }

  private mutating func addReduction() {
    let x = pick()
    let axes = (0..<x.tensor.shape.rank).filter { _ in chance(50) }
    if chance(25) {
      add(x.tensor.max(axes), bound: x.bound, isExact: x.isExact)
    } else {
      add(x.tensor.sum(axes), bound: x.bound * Double(x.tensor.shape.count))
    }
  }

  private mutating func addBroadcast() {
    let x = pick()
    guard x.tensor.shape.rank < 4 else { return addUpsampling(x) }
    var dimensions = x.tensor.shape.dimensions
    var axes = Array(dimensions.indices)
    let position = number(0...dimensions.count)
    dimensions.insert(number(1...3), at: position)
    for index in axes.indices where axes[index] >= position { axes[index] += 1 }
    add(x.tensor.broadcast(to: Shape(dimensions), axes: axes), bound: x.bound, isExact: x.isExact)
  }

  /// Nearest-neighbour upsampling and its adjoint, which the layout pass knows.
  private mutating func addUpsampling(_ x: Candidate) {
    let s = x.tensor.shape
    guard s.rank == 4 else { return }
    if chance(50), s[2].isMultiple(of: 2) {
      add(x.tensor.reshape([s[0], s[1], s[2] / 2, 2, s[3], 1]).sum([3, 5]), bound: 2 * x.bound)
    } else if s.count < 64 {
      let y = x.tensor.broadcast(to: [s[0], s[1], s[2], 2, s[3], 2], axes: [0, 1, 2, 4])
      add(y.reshape([s[0], s[1], 2 * s[2], 2 * s[3]]), bound: x.bound, isExact: x.isExact)
    }
  }

  private mutating func addShaping() {
    let x = pick()
    let s = x.tensor.shape
    func keep(_ tensor: Tensor, bound: Double? = nil) -> (Tensor, Double, Bool) {
      (tensor, bound ?? x.bound, x.isExact)
    }
    var made = keep(x.tensor)
    switch number(0...4) {
    case 0: made = keep(x.tensor.reshape(reshaped(s)))
    case 1: made = keep(x.tensor.transpose(Array(0..<s.rank).shuffled(using: &generator)))
    case 2:
      let starts = s.dimensions.map { number(0...$0 - 1) }
      made = keep(x.tensor.slice(starts, starts.indices.map { number(starts[$0] + 1...s[$0]) }))
    case 3 where s.count < 200:
      made = keep(
        x.tensor.pad(
          low: s.dimensions.map { _ in number(0...1) },
          high: s.dimensions.map { _ in number(0...1) }, fill: [0, 0, 1, -0.5][number(0...3)]),
        bound: max(1, x.bound))
    default:
      guard s.rank > 0, s.count < 200 else { return }
      let parts = (0..<number(1...3)).map { _ in pick(s) }
      let joined = concatenate(parts.map(\.tensor) + [x.tensor], axis: number(0...s.rank - 1))
      add(
        joined, bound: parts.map(\.bound).reduce(x.bound, max),
        isExact: x.isExact && parts.allSatisfy(\.isExact))
      return
    }
    add(made.0, bound: made.1, isExact: made.2)
  }

  /// Another shape of as many elements.
  private mutating func reshaped(_ shape: Shape) -> Shape {
    var dimensions = shape.dimensions.filter { $0 != 1 }
    switch number(0...3) {
    case 0: return [shape.count]
    case 1 where dimensions.count > 1:
      let last = dimensions.removeLast()
      dimensions[dimensions.count - 1] *= last
    case 2: dimensions.insert(1, at: number(0...dimensions.count))
    default:
      if let index = dimensions.firstIndex(of: 4) {
        dimensions.replaceSubrange(index...index, with: [2, 2])
      }
    }
    return Shape(dimensions)
  }

  private mutating func addIdentity() {
    let x = pick()
    add(
      chance(50) ? x.tensor.detached() : builder.mark(x.tensor), bound: x.bound, isExact: x.isExact)
  }
}
