import Diagnostics
import Random
import Testing

@testable import Data

@Suite struct ToneTests {
  private func sound(_ kind: SoundEvent.Kind, pitch: Double, length: Int = 1024) -> [Float] {
    let event = SoundEvent(kind: kind, pitch: pitch, loudness: 0.8, onset: 10, decay: 1e9)
    return [Float](unsafeUninitializedCapacity: length) { buffer, count in
      event.play(into: buffer)
      count = length
    }
  }

  /// sin(2π·i·pitch), of NumPy.
  @Test func aToneIsASine() {
    let values = sound(.tone, pitch: 0.01)
    #expect(values[..<11].allSatisfy { $0 == 0 })
    let expected: [Int: Double] = [
      11: 0.0502324156234507, 35: 0.8, 60: 0, 85: -0.8, 1023: 0.5831749019371273,
    ]
    for (i, value) in expected { #expect(abs(Double(values[i]) - value) < 1e-6, "\(i)") }
  }

  /// The phase of a chirp is 2π(p·i + p·i(i - 1)/n).
  @Test func aChirpRises() {
    let values = sound(.chirp, pitch: 0.005)
    func turns(_ i: Int) -> Double {
      let i = Double(i - 10)
      return 0.005 * i + 0.005 * i * (i - 1) / 1024
    }
    for i in [10, 11, 100, 500, 1023] {
      let expected = 0.8 * unitCircle(turns: turns(i)).sine
      #expect(abs(Double(values[i]) - expected) < 1e-6, "\(i)")
    }
  }

  @Test func soundsFadeAndStayWithinTheirBounds() throws {
    let source = try BatchSource(
      dataset: LoadedDataset(Tones(shape: [1, 1, 2048])), batch: 200, seed: 1, player: "p",
      shuffleKey: "x")
    let values = try source.values(0)
    #expect(values.allSatisfy { (-1...1).contains($0) } && values.contains { abs($0) > 0.7 })
    let halves = stride(from: 0, to: values.count, by: 1024).map { start in
      values[start..<(start + 1024)].reduce(0) { $0 + Double($1 * $1) }
    }
    for i in stride(from: 0, to: halves.count, by: 2) { #expect(halves[i] > 2 * halves[i + 1]) }
    for shape in [[16384], [2, 1, 4096], [1, 1, 100], [1, 64, 64]] {
      #expect(throws: Diagnostic.self) { try LoadedDataset(Tones(shape: shape)) }
    }
  }

  /// A sine of 10 turns in 256 values is brightest in row 127 - 10, there as bright as its 0 dB.
  @Test func spectrogramsShowPitchUpwards() throws {
    let drawing = try #require(Spectrogram(shape: [1, 1, 1024]))
    let wave = sound(.tone, pitch: 10.0 / 256).map { $0 / 0.8 }
    let pixels = drawing.draw(wave, count: 1, range: -1...1)
    let column = (0..<128).map { pixels[$0 * 128 + 64] }
    #expect(abs(column[117] - 1) < 1e-3 && column[60] < 0.1, "\(column[117]), \(column[60])")
    #expect(Spectrogram(shape: [1, 28, 28]) == nil && Spectrogram(shape: [1, 1, 500]) == nil)
  }

  /// What the reader makes of the bytes; 32767 is 1 - 2⁻¹⁵.
  @Test func writtenSoundsAreReadAgain() throws {
    let folder = try TemporaryFolder()
    let bytes = Sound.wavFile([0, 0.5, -0.5, 1, -1, 2, .nan], range: -1...1)
    let file = try RandomAccessFile(path: try folder.write(bytes, "a.wav"))
    let sound = try WAVFile(file)
    #expect(sound.rate == 16_000 && sound.count == 7)
    let expected: [Float] = [0, 0.5, -0.5, 0.99997, -0.99997, 0.99997, 0]
    for (value, wanted) in zip(try sound.values(from: 0, 7, in: file), expected) {
      #expect(abs(value - wanted) < 5e-5)
    }
  }
}
