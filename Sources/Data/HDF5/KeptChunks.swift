/// Unpacked chunks by number; where there is no room for another, those that were asked for longest ago go.
struct KeptChunks {
  private struct Chunk {
    var bytes: [UInt8]
    /// The clock when the chunk was last asked for.
    var use: Int
  }

  /// How many there may be, at least 1.
  private let capacity: Int
  private var chunks: [Int: Chunk] = [:]
  private var clock = 0

  init(capacity: Int) { self.capacity = capacity }

  /// The bytes of a chunk; nil where they are not kept.
  mutating func bytes(of number: Int) -> [UInt8]? {
    clock += 1
    chunks[number]?.use = clock
    return chunks[number]?.bytes
  }

  /// Takes in a chunk.
  mutating func keep(_ bytes: [UInt8], of number: Int) {
    if chunks.count >= capacity {
      // An eighth at once: to find the oldest takes a look at all of them.
      let last = chunks.values.map { $0.use }.sorted()[(chunks.count - 1) / 8]
      chunks = chunks.filter { $0.value.use > last }
    }
    clock += 1
    chunks[number] = Chunk(bytes: bytes, use: clock)
  }
}
