import CKernels

/// A named sequence of random numbers in which every number is a function of its place alone.
///
/// Element `i` of step `t` is lane `i % 4` of Philox4x32-10 (Salmon et al., SC 2011) at the counter
/// (`i / 4` low, `i / 4` high, stream, `t`) under the key `seed`: it depends on neither the order of drawing, nor how a
/// fill is cut, nor the number of threads. The stream's number is a hash of its name, so an unrelated edit of a spec never shifts
/// its draws. The same element index asked for as a word, a uniform and a normal number is the *same* randomness:
/// what must be independent needs another name, step or index.
public struct RandomStream: Hashable, Sendable {
  /// The key; all streams of a run share it.
  public let seed: UInt64
  /// The third word of the counter.
  public let id: UInt32

  /// Makes the stream called `name`; 32-bit FNV-1a of its UTF-8 bytes is its number.
  public init(seed: UInt64, name: String) { self.init(seed: seed, id: Self.hash(name)) }

  /// Makes the stream with the given number.
  public init(seed: UInt64, id: UInt32) {
    self.seed = seed
    self.id = id
  }

  /// The 32-bit FNV-1a hash of the UTF-8 bytes of `name`, which is the same on every machine and in every version.
  public static func hash(_ name: String) -> UInt32 {
    name.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }

  /// The place of element `offset` at `step`.
  ///
  /// The high half of a step, which no run reaches, goes into the key.
  func place(step: UInt64, offset: Int) -> advas_philox_place {
    advas_philox_place(
      seed: seed ^ (step & 0xffff_ffff_0000_0000), stream: id,
      step: UInt32(truncatingIfNeeded: step),
      first: UInt64(bitPattern: Int64(offset)))
  }
}

// MARK: - Filling

extension RandomStream {
  /// Fills `out` with uniform floats of [`low`, `high`), elements `offset...` of `step`; all `low` where the range is
  /// empty.
  public func fillUniform(
    _ out: UnsafeMutableBufferPointer<Float>, low: Float = 0, high: Float = 1, step: UInt64,
    offset: Int = 0
  ) {
    guard let base = out.baseAddress else { return }
    var place = place(step: step, offset: offset)
    advas_philox_uniform(&place, base, out.count, low, high)
  }

  /// Fills `out` with normal floats (Box and Muller 1958), elements `offset...` of `step`.
  ///
  /// Elements 2j and 2j+1 are a pair; the largest magnitude that 32 bits can give is 6.8 deviations.
  public func fillNormal(
    _ out: UnsafeMutableBufferPointer<Float>, mean: Float = 0, deviation: Float = 1, step: UInt64,
    offset: Int = 0
  ) {
    guard let base = out.baseAddress else { return }
    var place = place(step: step, offset: offset)
    advas_philox_normal(&place, base, out.count, mean, deviation)
  }

  /// Fills `out` with raw 32-bit words, elements `offset...` of `step`.
  public func fillWords(
    _ out: UnsafeMutableBufferPointer<UInt32>, step: UInt64, offset: Int = 0
  ) {
    guard let base = out.baseAddress else { return }
    var place = place(step: step, offset: offset)
    advas_philox_words(&place, base, out.count)
  }
}

// MARK: - Single numbers

extension RandomStream {
  /// A number of `0..<bound` from the first two words of *block* `index` (elements 4·index, 4·index + 1) of `step`.
  ///
  /// The high half of a 64-bit product (Lemire 2019): no number is more than bound/2⁶⁴ too likely. `bound` is
  /// positive.
  public func uniformInt(below bound: Int, at index: Int, step: UInt64) -> Int {
    let words = block(index, step: step)
    let bits = UInt64(words.1) << 32 | UInt64(words.0)
    return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number of [0, 1) with 53 random bits from the last two words of block `index` of `step`.
  public func uniform(at index: Int, step: UInt64) -> Double {
    let words = block(index, step: step)
    let bits = UInt64(words.3) << 32 | UInt64(words.2)
    return Double(bits >> 11) * 0x1p-53
  }

  private func block(_ index: Int, step: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
    let place = place(step: step, offset: 0)
    let n = UInt64(bitPattern: Int64(index))
    return philoxBlock(
      counter: (UInt32(truncatingIfNeeded: n), UInt32(truncatingIfNeeded: n >> 32), id, place.step),
      key: (UInt32(truncatingIfNeeded: place.seed), UInt32(truncatingIfNeeded: place.seed >> 32)))
  }
}

/// Ten rounds of Philox4x32 on one counter under one key, words in the order of the paper.
public func philoxBlock(
  counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
) -> (UInt32, UInt32, UInt32, UInt32) {
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 10) { words in
    (words[0], words[1], words[2], words[3]) = counter
    (words[4], words[5]) = key
    guard let base = words.baseAddress else { return counter }
    advas_philox_block(base, base + 4, base + 6)
    return (words[6], words[7], words[8], words[9])
  }
}
