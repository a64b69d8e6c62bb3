extension RandomStream {
  /// Fills `out` with normal floats of a magnitude up to `bound`, those of `fillNormal` where they are, drawn again
  /// where they are not.
  ///
  /// Attempt k draws from stream k of those that are named after this one, the same elements of the same step.
  ///
  /// - Requires: a bound of at least 0.01, which one in 125 keeps.
  public func fillTruncatedNormal(
    _ out: UnsafeMutableBufferPointer<Float>, bound: Float, step: UInt64
  ) {
    fillNormal(out, step: step)
    var beyond = out.indices.filter { out[$0].magnitude > bound }
    guard !beyond.isEmpty else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: out.count) { again in
      var attempt: UInt32 = 0
      while !beyond.isEmpty {
        attempt += 1
        let stream = RandomStream(seed: seed, name: "\(id)/truncated/\(attempt)")
        stream.fillNormal(again, step: step)
        beyond.removeAll { index in
          guard again[index].magnitude <= bound else { return false }
          out[index] = again[index]
          return true
        }
      }
    }
  }
}
