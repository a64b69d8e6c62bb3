import Diagnostics
import Glibc

/// Decoded samples in a file, for sets that are larger than memory and slow to decode.
///
/// Named by the stamps of the files that they come from: changed files make another cache. Labels are not in it: they
/// may come from elsewhere.
enum DiskCache {
  /// The samples of `source` from its cache, which is made where there is none.
  ///
  /// - Throws: the fault of a sample, or that there is no room: `limit` bytes, or on the disk.
  static func open(
    _ source: any IndexedSamples, limit: Int, folder: String? = nil
  ) throws(Diagnostic) -> any IndexedSamples {
    guard let identity = try source.fileDigest(.stamps, rows: Array(0..<source.count)) else {
      throw Diagnostic(
        .error, "samples that come from no files of their own cannot be cached on disk",
        hint: "leave 'cache' away")
    }
    let (bytes, overflow) = source.sampleBytes.multipliedReportingOverflow(by: source.count)
    guard !overflow, bytes <= limit else {
      throw Diagnostic(
        .error,
        "\(source.count) samples of shape \(source.sampleShape) take \(bytes >> 20) MiB of the disk, "
          + "more than cache_size, \(limit >> 20) MiB",
        hint: "raise cache_size, take fewer by 'limit', or write 'cache: none'")
    }
    let folder = folder ?? CacheFolder.path("samples")
    try CacheFolder.make(folder)
    let path = "\(folder)/\(identity).safetensors"
    if access(path, F_OK) != 0 {
      // A process that was killed while it wrote may have left nearly as many bytes as a cache has.
      AtomicFile.removeLeftovers(in: folder)
      try SampleFile.write(source, to: path, withLabels: false)
    }
    do throws(Diagnostic) {
      return try samples(in: path, like: source)
    } catch {
      // Where the machine lacks something, such as room for another open file, the cache may well be sound.
      guard !error.isOfMachine else { throw error }
      // A cache that is damaged is of no use to anybody.
      unlink(path)
      try SampleFile.write(source, to: path, withLabels: false)
      return try samples(in: path, like: source)
    }
  }

  private static func samples(
    in path: String, like source: any IndexedSamples
  ) throws(Diagnostic) -> CachedSamples {
    let arrays = try SafetensorsFile.arrays(in: path)
    guard var array = arrays["samples"], let stored = try arrays["digest"]?.loaded().bytes,
      let digest = Digest(text: String(decoding: stored, as: UTF8.self)),
      array.shape == [source.count] + source.sampleShape,
      array.type == (source.element == .byte ? .uint8 : .float32)
    else { throw Diagnostic(.error, "\(quoted(path)) is no cache of these samples") }
    array.bounds = source.bounds
    let layout = SampleLayout(of: source.sampleShape)
    return CachedSamples(
      base: source, stored: try StoredSamples(array, layout, labels: source.labels), digest: digest)
  }
}

/// Samples from a cache; all else is the source's.
private struct CachedSamples: DigestedSource {
  let base: any IndexedSamples
  let stored: StoredSamples
  /// Of the samples without their labels.
  let digest: Digest

  var count: Int { base.count }
  var sampleShape: [Int] { base.sampleShape }
  var element: SampleElement { base.element }
  var labels: SampleLabels? { base.labels }
  var classNames: [String] { base.classNames }
  var bounds: ClosedRange<Double> { base.bounds }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try stored.read(index, into: buffer)
  }

  var sampleDigest: String { SampleDigest.text(of: digest, labels: labels) }
}
