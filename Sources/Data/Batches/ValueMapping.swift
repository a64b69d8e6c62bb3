/// The affine map that takes a data set's bounds to the range of the spec, exact at both ends for bytes.
struct ValueMapping: Sendable {
  /// What a float is multiplied by, before `shift` is added.
  private let scale: Float
  private let shift: Float
  /// low + (high - low)·b/255 for each byte b, computed in double precision.
  private let table: [Float]
  private let source: ClosedRange<Double>
  private let target: ClosedRange<Double>
  /// Whether floats are too close to each other to be mapped in single precision.
  private let areClose: Bool

  /// Floats whose distance from 0 is more than so many times their extent would lose the last bits of their place in it:
  /// of 10,000,000...10,000,001, mapped to -1...1, single precision makes 0...2.
  private static let mostExtents = 64.0

  /// Maps `source` to `target`; where that is nil, every value to itself.
  init(from source: ClosedRange<Double>, to target: ClosedRange<Double>?) {
    let target = target ?? source
    (self.source, self.target) = (source, target)
    let width = source.upperBound - source.lowerBound
    let factor = width > 0 ? (target.upperBound - target.lowerBound) / width : 1
    let scale = target == source ? 1 : Float(factor)
    let shift = target == source ? 0 : Float(target.lowerBound - source.lowerBound * factor)
    (self.scale, self.shift) = (scale, shift)
    let farthest = max(abs(source.lowerBound), abs(source.upperBound))
    let isFar = target != source && farthest > Self.mostExtents * width
    areClose = isFar || !scale.isFinite || !shift.isFinite
    table = (0..<256).map { Self.value(at: Double($0) / 255, in: target) }
  }

  /// The value that is the share `t` of the way from the lower end of `range` to the upper one.
  private static func value(at t: Double, in range: ClosedRange<Double>) -> Float {
    Float(range.lowerBound * (1 - t) + range.upperBound * t)
  }

  /// Writes one stored sample to `out`, mapped.
  func map(
    _ sample: UnsafeRawBufferPointer, of element: SampleElement,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    guard let target = out.baseAddress else { return }
    switch element {
    case .byte:
      table.withUnsafeBufferPointer { table in
        guard let table = table.baseAddress,
          let bytes = sample.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        for j in 0..<out.count { target[j] = table[Int(bytes[j])] }
      }
    case .float:
      for j in 0..<out.count {
        target[j] = sample.loadUnaligned(fromByteOffset: 4 * j, as: Float.self)
      }
      map(inPlace: out)
    }
  }

  /// Maps floats where they stand.
  func map(inPlace out: UnsafeMutableBufferPointer<Float>) {
    guard !areClose else { return mapClose(out) }
    for j in out.indices { out[j] = out[j] * scale + shift }
  }

  /// Maps floats where they stand in double precision; where all are one number, to the lower end.
  private func mapClose(_ out: UnsafeMutableBufferPointer<Float>) {
    let width = source.upperBound - source.lowerBound
    for j in out.indices {
      let share = width > 0 ? (Double(out[j]) - source.lowerBound) / width : 0
      out[j] = Self.value(at: share, in: target)
    }
  }
}
