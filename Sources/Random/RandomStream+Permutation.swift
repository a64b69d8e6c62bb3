extension RandomStream {
  /// The order of `count` things in `epoch`, a permutation of `0..<count`.
  ///
  /// Fisher and Yates's shuffle with numbers of this stream at step `epoch`: place i (from the last down to 1) is
  /// swapped with a place j ≤ i that comes from words 2i and 2i+1. A pure function of (seed, name, count, epoch).
  public func permutation(count: Int, epoch: UInt64) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      permute(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), epoch: epoch)
      initialized = count
    }
  }

  /// Writes `permutation(count: out.count, epoch: epoch)` to `out`, which has fewer than 2³² elements, without
  /// allocating.
  public func permute(_ out: UnsafeMutableBufferPointer<UInt32>, epoch: UInt64) {
    for i in out.indices { out[i] = UInt32(i) }
    shuffle(out, epoch: epoch)
  }

  /// Puts what `things` holds, fewer than 2³² of them, into the order `permutation(count: things.count, epoch: epoch)`
  /// without allocating.
  public func shuffle<T>(_ things: UnsafeMutableBufferPointer<T>, epoch: UInt64) {
    let chunk = 256
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * chunk) { words in
      var end = things.count
      while end > 1 {
        let start = (end - 1) / chunk * chunk
        let part = UnsafeMutableBufferPointer(rebasing: words[..<(2 * (end - start))])
        fillWords(part, step: epoch, offset: 2 * start)
        for i in stride(from: end - 1, through: max(1, start), by: -1) {
          let bits = UInt64(part[2 * (i - start) + 1]) << 32 | UInt64(part[2 * (i - start)])
          things.swapAt(i, Int(bits.multipliedFullWidth(by: UInt64(i + 1)).high))
        }
        end = start
      }
    }
  }
}
