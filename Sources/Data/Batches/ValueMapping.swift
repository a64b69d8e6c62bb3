/// The affine map that takes a data set's bounds to the range of the spec, exact at both ends for bytes.
struct ValueMapping: Sendable {
  /// What a float is multiplied by, before `shift` is added.
  let scale: Float
  let shift: Float
  /// low + (high - low)·b/255 for each byte b, computed in double precision.
  private let table: [Float]

  /// Maps `source` to `target`; where that is nil, every value to itself.
  init(from source: ClosedRange<Double>, to target: ClosedRange<Double>?) {
    let target = target ?? source
    let width = source.upperBound - source.lowerBound
    let factor = width > 0 ? (target.upperBound - target.lowerBound) / width : 1
    scale = target == source ? 1 : Float(factor)
    shift = target == source ? 0 : Float(target.lowerBound - source.lowerBound * factor)
    table = (0..<256).map { byte in
      let t = Double(byte) / 255
      return Float(target.lowerBound * (1 - t) + target.upperBound * t)
    }
  }

  /// Writes the samples `rows` of `bytes`, mapped, one after the other; `out` has room for exactly these.
  func gather(
    _ bytes: [UInt8], rows: UnsafeBufferPointer<UInt32>, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let size = out.count / max(1, rows.count)
    bytes.withUnsafeBufferPointer { source in
      table.withUnsafeBufferPointer { table in
        guard let source = source.baseAddress, let table = table.baseAddress,
          var target = out.baseAddress
        else { return }
        for row in rows {
          let sample = source + Int(row) * size
          for j in 0..<size { target[j] = table[Int(sample[j])] }
          target += size
        }
      }
    }
  }

  /// Writes the samples `rows` of `floats`, mapped, one after the other; `out` has room for exactly these.
  func gather(
    _ floats: [Float], rows: UnsafeBufferPointer<UInt32>,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    let size = out.count / max(1, rows.count)
    floats.withUnsafeBufferPointer { source in
      for (i, row) in rows.enumerated() {
        for j in 0..<size { out[i * size + j] = source[Int(row) * size + j] * scale + shift }
      }
    }
  }
}
