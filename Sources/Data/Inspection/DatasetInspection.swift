import Diagnostics
import Synchronization
import Threads

/// All that looking at every sample of a data set finds.
package struct DatasetInspection: Sendable {
  package private(set) var count = 0
  package private(set) var sampleShape: [Int] = []
  package private(set) var element = SampleElement.byte
  /// Samples of each class, with its name where it has one.
  package private(set) var classes: [(name: String?, count: Int)] = []
  /// What files are, by how often.
  package private(set) var kinds: [(kind: String, count: Int)] = []
  /// What lies beside the samples.
  package private(set) var notes: [String] = []
  private(set) var channels: [ChannelStatistics] = []
  /// Samples that equal an earlier one, and the first such pair.
  package private(set) var duplicates = 0
  package private(set) var firstDuplicate: (String, String)?
  /// Of all samples and labels, as runs record it; nil where a sample is faulty.
  package private(set) var digest: String?
  /// One for each sample that cannot be read.
  package private(set) var faults: [Diagnostic] = []

  /// Reads every sample of `source` once, on as many threads as there are cores.
  package init(_ source: any IndexedSamples) {
    count = source.count
    sampleShape = source.sampleShape
    element = source.element
    countClasses(of: source)
    let files = source as? any FileSource
    notes = files?.notes ?? []
    let axes = sampleShape.count
    channels = .init(repeating: .init(), count: axes == 1 || axes == 3 ? sampleShape[0] : 1)
    var digest = SampleDigest(shape: sampleShape)
    var kindCounts: [String: Int] = [:]
    var seen: [UInt64: Int] = [:]
    let block = Self.blockSize(source)
    for start in stride(from: 0, to: count, by: block) {
      let results = Self.read(start..<min(count, start + block), of: source)
      for (offset, result) in results.enumerated() {
        let index = start + offset
        switch result {
        case .failure(let fault): faults.append(fault)
        case .success(let (kind, bytes)):
          if let kind { kindCounts[kind, default: 0] += 1 }
          bytes.withUnsafeBytes { add($0) }
          guard !source.repeats(at: index) else { continue }
          digest.add(bytes)
          note(index, bytes, &seen, source)
        }
      }
    }
    kinds = kindCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { (kind: $0.key, count: $0.value) }
    if faults.isEmpty { self.digest = digest.text(labels: source.labels) }
  }

  /// Samples that are held at a time: 64 MiB of them.
  private static func blockSize(_ source: any IndexedSamples) -> Int {
    max(1, min(4096, (64 << 20) / max(1, source.sampleBytes)))
  }

  private typealias Outcome = Result<(kind: String?, bytes: [UInt8]), Diagnostic>

  private static func read(_ range: Range<Int>, of source: any IndexedSamples) -> [Outcome] {
    let files = source as? any FileSource
    let results = Mutex<[Outcome?]>(.init(repeating: nil, count: range.count))
    performConcurrently(range.count) { offset in
      let index = range.lowerBound + offset
      let outcome = Outcome { () throws(Diagnostic) in
        let kind = try files?.kind(index)
        return (kind, try source.sample(index))
      }
      results.withLock { $0[offset] = outcome }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  private mutating func countClasses(of source: any IndexedSamples) {
    guard case .classes(let numbers, let width)? = source.labels else { return }
    var counts = [Int](repeating: 0, count: width)
    for number in numbers { counts[Int(number)] += 1 }
    let names = source.classNames
    classes = counts.enumerated().map { (names.count == width ? names[$0] : nil, $1) }
  }

  private mutating func add(_ sample: UnsafeRawBufferPointer) {
    let size = sample.count / channels.count
    for channel in channels.indices {
      channels[channel].add(
        .init(rebasing: sample[(channel * size)..<((channel + 1) * size)]), element)
    }
  }

  /// Notes whether a sample equals an earlier one.
  private mutating func note(
    _ index: Int, _ bytes: [UInt8], _ seen: inout [UInt64: Int], _ source: any IndexedSamples
  ) {
    var own = Digest()
    own.combine(bytes)
    guard let earlier = seen[own.value] else {
      seen[own.value] = index
      return
    }
    duplicates += 1
    guard firstDuplicate == nil else { return }
    let files = source as? any FileSource
    func name(_ index: Int) -> String { files.map { quoted($0.name(index)) } ?? "sample \(index)" }
    firstDuplicate = (name(earlier), name(index))
  }
}

extension IndexedSamples {
  /// Whether sample `index` is the one before it, under another label.
  fileprivate func repeats(at index: Int) -> Bool {
    guard index > 0, let source = self as? any ContiguousSource else { return false }
    return source.place(of: index) == source.place(of: index - 1)
  }

  /// The bytes of one sample.
  func sample(_ index: Int) throws(Diagnostic) -> [UInt8] {
    var failure: Diagnostic?
    let bytes = [UInt8](unsafeUninitializedCapacity: sampleBytes) { buffer, count in
      do throws(Diagnostic) {
        try read(
          index, into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: sampleBytes))
        count = sampleBytes
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
