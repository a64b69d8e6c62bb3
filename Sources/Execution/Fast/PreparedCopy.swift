import CKernels
import TensorIR

extension Preparation {
  mutating func append(_ kernel: CopyKernel, _ memory: StepMemory) {
    if let fill = kernel.fill {
      append(fill: Float(fill.value), memory.result, memory.resultCount)
    }
    append(
      pieces: kernel.pieces.flatMap(\.short).map { piece in
        ck_piece(
          source: UnsafePointer(memory.operands[piece.operand] + piece.sourceOffset),
          target: memory.result + piece.targetOffset,
          loops: piece.loops.map { ($0.count, $0.sourceStride, $0.targetStride) })
      })
  }

  mutating func append(fill value: Float, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
    var piece = ck_piece(source: nil, target: target, loops: [(count, 0, 1)])
    piece.value = value
    append(pieces: [piece])
  }

  mutating func append(
    copy source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    append(pieces: [ck_piece(source: source, target: target, loops: [(count, 1, 1)])])
  }

  /// Pieces that do not overlap, cut so that threads share the work.
  mutating func append(pieces: [ck_piece]) {
    let cut = pieces.flatMap(\.parts).filter { $0.elementCount > 0 }
    if cut.isEmpty { return }
    append(kernels.copy, ck_copy(pieces: store.keep(cut)), tasks: cut.count)
  }
}

extension CopyKernel.Piece {
  /// The piece in pieces of no more loops than the kernel has: what is beyond them, outermost, is written out.
  fileprivate var short: [CopyKernel.Piece] {
    guard loops.count > Int(CK_MAX_LOOPS), let outer = loops.first else { return [self] }
    return (0..<outer.count).flatMap { step in
      var part = self
      part.loops.removeFirst()
      part.sourceOffset += step * outer.sourceStride
      part.targetOffset += step * outer.targetStride
      return part.short
    }
  }
}

extension ck_piece {
  typealias Loop = (count: Int, source: Int, target: Int)

  init(
    source: UnsafePointer<Float>?, target: UnsafeMutablePointer<Float>?, loops: [Loop]
  ) {
    precondition(loops.count <= Int(CK_MAX_LOOPS), "a copy has at most \(CK_MAX_LOOPS) loops")
    self.init()
    self.source = source
    self.target = target
    self.loops(loops)
  }

  private mutating func loops(_ list: [Loop]) {
    loop_count = Int32(list.count)
    withUnsafeMutableBytes(of: &loops) { bytes in
      let loops = bytes.bindMemory(to: ck_copy_loop.self)
      for (i, loop) in list.enumerated() {
        loops[i] = ck_copy_loop(
          count: Int64(loop.count), source_stride: Int64(loop.source),
          target_stride: Int64(loop.target))
      }
    }
  }

  private var loopList: [Loop] {
    withUnsafeBytes(of: loops) { bytes in
      bytes.bindMemory(to: ck_copy_loop.self).prefix(Int(loop_count)).map {
        (Int($0.count), Int($0.source_stride), Int($0.target_stride))
      }
    }
  }

  var elementCount: Int { loopList.reduce(1) { $0 * $1.count } }

  /// The piece cut along its longest loop of the outer ones into parts of a thread's worth each.
  var parts: [ck_piece] {
    let list = loopList
    let wanted = min(elementCount / (parallelThreshold / 2), 16)
    // The first loop that is long enough, from outside: parts then write neighbouring memory.
    guard wanted > 1,
      let axis = list.indices.first(where: { list[$0].count >= wanted })
        ?? list.indices.max(by: { list[$0].count < list[$1].count })
    else { return [self] }
    let loop = list[axis]
    // Multiples of 16 keep vector blocks and cache lines whole.
    var step = ceilingDivide(loop.count, wanted)
    if loop.count >= 16 * wanted { step = ceilingDivide(step, 16) * 16 }
    return stride(from: 0, to: loop.count, by: step).map { start in
      var part = self
      var loops = list
      loops[axis].count = Swift.min(step, loop.count - start)
      part.loops(loops)
      if let source { part.source = source + start * loop.source }
      if let target { part.target = target + start * loop.target }
      return part
    }
  }
}
