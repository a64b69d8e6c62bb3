import CKernels
import Planning
import TensorIR

/// Collectives that are ready together, sent as one.
final class Message {
  private struct Part {
    let kernel: CollectiveKernel
    let operand: UnsafeMutablePointer<Float>
    let count: Int
    let result: UnsafeMutablePointer<Float>
    let resultCount: Int
  }

  /// Elements from which a sum is sent by itself: what it costs to begin is then nothing beside what it costs to copy.
  private static let large = 1 << 16

  private var parts: [Part] = []
  /// Holds small sums side by side, or what is gathered before it is put in order.
  private lazy var buffer = [Float](repeating: 0, count: bufferCount)

  /// Adds what `kernel` does with the memory of its step.
  func add(_ kernel: CollectiveKernel, _ memory: StepMemory, operandCount: Int) {
    parts.append(
      Part(
        kernel: kernel, operand: memory.operands[0], count: operandCount, result: memory.result,
        resultCount: memory.resultCount))
  }

  private var bufferCount: Int {
    let gathered = parts.compactMap {
      if case .gather = $0.kernel.kind { $0.resultCount } else { nil }
    }
    return max(small(.sum).reduce(0) { $0 + $1.count }, gathered.max() ?? 0)
  }

  private func small(_ kind: CollectiveKernel.Kind) -> [Part] {
    parts.filter { $0.kernel.kind == kind && $0.count < Self.large }
  }

  /// Sends what this rank has, and writes what all have together.
  func send(by transport: any Transport) {
    for part in parts {
      switch part.kernel.kind {
      case .sum where part.count < Self.large: continue
      case .sum: transport.sum(moved(part))
      case .max: transport.maximum(moved(part))
      case .gather(let blocks): gather(part, blocks, transport)
      case .shard: preconditionFailure("ranks take their samples without a message")
      }
    }
    sendSmallSums(by: transport)
  }

  /// The values of a part where their sum is wanted.
  private func moved(_ part: Part) -> UnsafeMutableBufferPointer<Float> {
    if part.result != part.operand { part.result.update(from: part.operand, count: part.count) }
    return UnsafeMutableBufferPointer(start: part.result, count: part.count)
  }

  private func sendSmallSums(by transport: any Transport) {
    let sums = small(.sum)
    if sums.count == 1 { return transport.sum(moved(sums[0])) }
    let count = sums.reduce(0) { $0 + $1.count }
    guard count > 0 else { return }
    buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var place = base
      for part in sums {
        place.update(from: part.operand, count: part.count)
        place += part.count
      }
      transport.sum(UnsafeMutableBufferPointer(start: base, count: count))
      place = base
      for part in sums {
        part.result.update(from: place, count: part.count)
        place += part.count
      }
    }
  }

  private func gather(
    _ part: Part, _ blocks: CollectiveKernel.Blocks, _ transport: any Transport
  ) {
    let ranks = part.kernel.ranks
    buffer.withUnsafeMutableBufferPointer { buffer in
      let whole = UnsafeMutableBufferPointer(rebasing: buffer[..<part.resultCount])
      transport.gather(
        UnsafeRawBufferPointer(start: part.operand, count: part.count * MemoryLayout<Float>.stride),
        into: UnsafeMutableRawBufferPointer(whole))
      for rank in 0..<ranks {
        blocks.forEachSample(of: rank, of: ranks) { target, source in
          for i in 0..<blocks.inner {
            part.result[target + i] = whole[rank * part.count + source + i]
          }
        }
      }
    }
  }
}

/// Where a rank's own samples are in a whole value, for one task.
struct ShardContext: BitwiseCopyable {
  var whole: UnsafePointer<Float>
  var part: UnsafeMutablePointer<Float>
  var (outer, count, inner): (Int, Int, Int)
  /// It changes where one process goes through the samples of all.
  var rank: UnsafePointer<Int>
  var ranks: Int
}

/// Copies a rank's own samples; the context is a `ShardContext`.
let runShard: ck_task = { context, _, _ in
  guard let shard = context?.assumingMemoryBound(to: ShardContext.self).pointee else { return }
  let blocks = CollectiveKernel.Blocks(outer: shard.outer, count: shard.count, inner: shard.inner)
  blocks.forEachSample(of: shard.rank.pointee, of: shard.ranks) { source, target in
    (shard.part + target).update(from: shard.whole + source, count: shard.inner)
  }
}
