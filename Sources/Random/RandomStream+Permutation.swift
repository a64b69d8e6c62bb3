import CKernels

extension RandomStream {
  /// Replaces each of `places`, numbers of `0..<count`, by what stands there in the order of `epoch`, a permutation of
  /// `0..<count`.
  ///
  /// A pure function of (seed, name, count, epoch, place) that needs no memory: a Feistel network whose rounds are
  /// numbers of this stream, blocks 2³² and beyond of step `epoch`, which nothing else draws.
  public func permute(
    _ places: UnsafeMutableBufferPointer<UInt32>, of count: Int, epoch: UInt64
  ) {
    precondition((1...(1 << 32)).contains(count), "no number of things to permute")
    precondition(places.allSatisfy { $0 < count }, "there is no such place")
    guard let base = places.baseAddress else { return }
    var place = place(step: epoch, offset: 0)
    advas_philox_permute(&place, UInt64(count), base, places.count)
  }

  /// What stands at one place of `permute`'s order.
  public func permuted(_ place: Int, of count: Int, epoch: UInt64) -> Int {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1) { places in
      places[0] = UInt32(place)
      permute(places, of: count, epoch: epoch)
      return Int(places[0])
    }
  }
}
