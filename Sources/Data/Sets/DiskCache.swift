import Diagnostics
import Glibc

/// Decoded samples in a file, for sets that are larger than memory and slow to decode.
///
/// Named by the digest of the files that they come from, with their times: changed files make another cache.
enum DiskCache {
  /// The samples of `source` from its cache, which is made where there is none.
  ///
  /// - Throws: the fault of a sample, or that there is no room: `limit` bytes, or on the disk.
  static func open(
    _ source: any SampleSource, limit: Int, folder: String? = nil
  ) throws(Diagnostic) -> any SampleSource {
    guard let identity = try source.fileDigest(withTimes: true) else {
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
    let folder = folder ?? Self.folder
    try makeFolder(folder)
    let path = "\(folder)/\(identity).safetensors"
    if access(path, F_OK) != 0 { try SampleFile.write(source, to: path) }
    do throws(Diagnostic) {
      return CachedSamples(base: source, stored: try samples(in: path, like: source))
    } catch {
      // A cache that is damaged is of no use to anybody.
      unlink(path)
      try SampleFile.write(source, to: path)
      return CachedSamples(base: source, stored: try samples(in: path, like: source))
    }
  }

  /// Where caches are: `$XDG_CACHE_HOME/advas/samples`, by default below `~/.cache`.
  static var folder: String {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let base = variable("XDG_CACHE_HOME") ?? "\(variable("HOME") ?? "/tmp")/.cache"
    return "\(base)/advas/samples"
  }

  private static func makeFolder(_ path: String) throws(Diagnostic) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
      guard mkdir(made, 0o777) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES else {
        throw FileError("cannot make the folder", made, code: errno).diagnostic
      }
    }
  }

  private static func samples(
    in path: String, like source: any SampleSource
  ) throws(Diagnostic) -> StoredSamples {
    let arrays = try SafetensorsFile.arrays(in: path)
    guard let array = arrays["samples"],
      array.shape == [source.count] + source.sampleShape,
      array.type == (source.element == .byte ? .uint8 : .float32)
    else { throw Diagnostic(.error, "\(quoted(path)) is no cache of these samples") }
    return try StoredSamples(
      array, shape: source.sampleShape, labels: source.labels, bounds: source.bounds)
  }
}

/// Samples from a cache; all else is the source's.
private struct CachedSamples: SampleSource {
  let base: any SampleSource
  let stored: StoredSamples

  var count: Int { base.count }
  var sampleShape: [Int] { base.sampleShape }
  var element: SampleElement { base.element }
  var labels: SampleLabels? { base.labels }
  var classNames: [String] { base.classNames }
  var bounds: ClosedRange<Double> { base.bounds }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try stored.read(index, into: buffer)
  }

  func fileDigest(withTimes: Bool) throws(Diagnostic) -> String? {
    try base.fileDigest(withTimes: withTimes)
  }
}
