import CKernels
import Random
import Testing

@Suite struct PhiloxTests {
  /// Known answers of the authors' Random123 library (zeros, ones, digits of pi).
  static let vectors: [(counter: [UInt32], key: [UInt32], expected: [UInt32])] = [
    ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      [.max, .max, .max, .max], [.max, .max],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test(arguments: vectors) func knownAnswers(
    counter: [UInt32], key: [UInt32], expected: [UInt32]
  ) {
    let out = philoxBlock(
      counter: (counter[0], counter[1], counter[2], counter[3]), key: (key[0], key[1]))
    #expect([out.0, out.1, out.2, out.3] == expected)
  }

  @Test func elementsFollowTheCounterLayout() {
    let stream = RandomStream(seed: 0x0123_4567_89ab_cdef, id: 77)
    // The block counter carries into its high word inside this run.
    let offset = (Int(UInt32.max) - 3) * 4
    let words = stream.words(40, step: 5, offset: offset)
    for (i, word) in words.enumerated() {
      let block = UInt64(offset + i) / 4
      let out = philoxBlock(
        counter: (UInt32(block & 0xffff_ffff), UInt32(block >> 32), 77, 5),
        key: (0x89ab_cdef, 0x0123_4567))
      #expect(word == [out.0, out.1, out.2, out.3][(offset + i) % 4])
    }
  }

  @Test func everyVariantGivesTheSameBytes() {
    var place = advas_philox_place(seed: 9, stream: 8, step: 7, first: 3)
    let count = 5003
    func run(_ body: (UnsafeMutablePointer<Float>) -> Void) -> [UInt32] {
      var out = [Float](repeating: 0, count: count)
      out.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
      return out.map(\.bitPattern)
    }
    let normal = run { advas_philox_normal_variant(0, &place, $0, count, 0.5, 2) }
    let uniform = run { advas_philox_uniform_variant(0, &place, $0, count, -3, 0.1) }
    for variant in 1..<max(2, advas_philox_variants()) {
      #expect(run { advas_philox_normal_variant(variant, &place, $0, count, 0.5, 2) } == normal)
      #expect(run { advas_philox_uniform_variant(variant, &place, $0, count, -3, 0.1) } == uniform)
    }
  }

  @Test func nameHashIsFNV1a() {
    // Values of the reference implementation (isthe.com/chongo/tech/comp/fnv).
    #expect(RandomStream.hash("") == 0x811c_9dc5)
    #expect(RandomStream.hash("a") == 0xe40c_292c)
    #expect(RandomStream.hash("foobar") == 0xbf9c_f968)
  }
}

extension RandomStream {
  func words(_ count: Int, step: UInt64, offset: Int = 0) -> [UInt32] {
    var out = [UInt32](repeating: 0, count: count)
    out.withUnsafeMutableBufferPointer { fillWords($0, step: step, offset: offset) }
    return out
  }

  func uniforms(
    _ count: Int, low: Float = 0, high: Float = 1, step: UInt64 = 0, offset: Int = 0
  ) -> [Float] {
    var out = [Float](repeating: .nan, count: count)
    out.withUnsafeMutableBufferPointer {
      fillUniform($0, low: low, high: high, step: step, offset: offset)
    }
    return out
  }

  func normals(_ count: Int, step: UInt64 = 0, offset: Int = 0) -> [Float] {
    var out = [Float](repeating: .nan, count: count)
    out.withUnsafeMutableBufferPointer { fillNormal($0, step: step, offset: offset) }
    return out
  }
}
