/// WAV files of sounds that were made here.
package enum Sound {
  /// Samples in a second of a file whose sound has no rate of its own: WaveGAN's.
  package static let rate = 16_000

  /// A mono file of 16-bit PCM; the ends of `range` are the loudest that it can hold, and what is beyond is clipped.
  package static func wavFile(
    _ values: some Collection<Float>, range: ClosedRange<Double>
  ) -> [UInt8] {
    let middle = (range.lowerBound + range.upperBound) / 2
    let half = max(1e-30, (range.upperBound - range.lowerBound) / 2)
    let format =
      little(1, 2) + little(1, 2) + little(rate, 4) + little(2 * rate, 4) + little(2, 2)
      + little(16, 2)
    var file = Array("RIFF".utf8) + little(36 + 2 * values.count, 4) + Array("WAVEfmt ".utf8)
    file += little(16, 4) + format + Array("data".utf8) + little(2 * values.count, 4)
    for value in values {
      let share = (Double(value) - middle) / half
      let level = share.isNaN ? 0 : min(1, max(-1, share)) * 32767
      file += little(Int(level.rounded()), 2)
    }
    return file
  }
}
