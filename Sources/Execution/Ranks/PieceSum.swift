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

  /// Takes in what piece `index` has, which is that of `rank` among all ranks.
  func take(piece index: Int, rank: Int) {
    together.withUnsafeMutableBufferPointer {
      kernel.collect(operand, isFirst: index == 0, of: rank, into: $0)
    }
  }

  /// Takes in what other processes have of their pieces.
  func finish(by transport: any Transport) {
    together.withUnsafeMutableBufferPointer { kernel.finish($0, by: transport) }
  }

  /// Writes what all pieces have together where later steps read it.
  func give() {
    together.withUnsafeBufferPointer {
      if let base = $0.baseAddress { result.update(from: base, count: $0.count) }
    }
  }
}

extension CollectiveKernel {
  /// Adds the part of a piece, that of `rank`, to what earlier pieces have left in `whole`.
  fileprivate func collect(
    _ part: UnsafeBufferPointer<Float>, isFirst: Bool, of rank: Int,
    into whole: UnsafeMutableBufferPointer<Float>
  ) {
    switch kind {
    case .sum where !isFirst: for i in part.indices { whole[i] += part[i] }
    case .max where !isFirst: for i in part.indices { whole[i] = larger(whole[i], part[i]) }
    case .sum, .max: _ = whole.update(fromContentsOf: part)
    case .gather(let blocks):
      if isFirst { whole.update(repeating: 0) }
      blocks.forEachSample(of: rank, of: ranks) { target, source in
        for i in 0..<blocks.inner { whole[target + i] = part[source + i] }
      }
    case .shard: preconditionFailure("pieces take their samples without a message")
    }
  }

  /// Makes `whole`, that of one process's pieces, the whole of all: what is gathered is 0 at the places of others.
  func finish(_ whole: UnsafeMutableBufferPointer<Float>, by transport: any Transport) {
    if case .max = kind { transport.maximum(whole) } else { transport.sum(whole) }
  }

  func finish(_ whole: UnsafeMutableBufferPointer<Double>, by transport: any Transport) {
    if case .max = kind { transport.maximum(whole) } else { transport.sum(whole) }
  }
}
