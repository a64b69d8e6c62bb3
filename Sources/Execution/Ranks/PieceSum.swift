import Planning
import TensorIR

/// What all pieces of a step have together of one collective, filled piece by piece in their order.
final class PieceSum {
  private let kernel: CollectiveKernel
  private let operand: UnsafeBufferPointer<Float>
  private let result: UnsafeMutablePointer<Float>
  private var together: [Float]

  /// That of a step with its memory.
  init(_ kernel: CollectiveKernel, _ memory: StepMemory, operandCount: Int) {
    self.kernel = kernel
    operand = UnsafeBufferPointer(start: memory.operands[0], count: operandCount)
    result = memory.result
    together = [Float](repeating: 0, count: memory.resultCount)
  }

  /// Takes in what piece `index` has.
  func take(piece index: Int) {
    together.withUnsafeMutableBufferPointer { kernel.collect(operand, of: index, into: $0) }
  }

  /// Writes what all pieces have together where later steps read it.
  func give() {
    together.withUnsafeBufferPointer {
      if let base = $0.baseAddress { result.update(from: base, count: $0.count) }
    }
  }
}

extension CollectiveKernel {
  /// Adds the part of piece `index` to what earlier pieces have left in `whole`.
  fileprivate func collect(
    _ part: UnsafeBufferPointer<Float>, of index: Int,
    into whole: UnsafeMutableBufferPointer<Float>
  ) {
    switch kind {
    case .sum where index > 0: for i in part.indices { whole[i] += part[i] }
    case .max where index > 0: for i in part.indices { whole[i] = Swift.max(whole[i], part[i]) }
    case .sum, .max: _ = whole.update(fromContentsOf: part)
    case .gather(let blocks):
      blocks.forEachSample(of: index, of: ranks) { target, source in
        for i in 0..<blocks.inner { whole[target + i] = part[source + i] }
      }
    case .shard: preconditionFailure("pieces take their samples without a message")
    }
  }
}
