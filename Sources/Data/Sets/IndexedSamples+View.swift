import Diagnostics
import Synchronization
import Threads

extension IndexedSamples {
  /// The samples that a spec asks for, ready to be read at any pace.
  package func seen(through view: DatasetView) throws(Diagnostic) -> any IndexedSamples {
    let chosen = try selected(by: view)
    guard !(chosen is any ContiguousSource) else { return chosen }
    // What is chosen of samples in memory can be read from nowhere else, and is less than they are.
    let isInMemory = self is any ContiguousSource
    if isInMemory, view.cache != .memory { return try chosen.loaded(limit: .max) }
    switch view.cache {
    case .memory: return try chosen.loaded(limit: view.cacheSize)
    case .disk: return try DiskCache.open(chosen, limit: view.cacheSize)
    case .none: return chosen
    }
  }

  func selected(by view: DatasetView) throws(Diagnostic) -> any IndexedSamples {
    var rows = Array(0..<count)
    var chosen = labels
    if !view.only.isEmpty {
      guard case .classes(let classes, let width)? = labels else {
        throw Diagnostic(
          .error, "'only' chooses classes, but the data has none", hint: "leave 'only' away")
      }
      if let missing = view.only.first(where: { $0 >= width }) {
        throw Diagnostic(
          .error, "'only' names class \(missing), but classes are 0...\(width - 1)")
      }
      let numbers = Dictionary(
        view.only.enumerated().map { (UInt32($1), UInt32($0)) }, uniquingKeysWith: { $1 })
      rows = rows.filter { numbers[classes[$0]] != nil }
      chosen = .classes(classes.map { numbers[$0] ?? 0 }, count: view.only.count)
    }
    rows = Array(rows.prefix(view.limit ?? rows.count))
    let hasOtherClasses = chosen != labels
    guard rows.count < count || hasOtherClasses else { return self }
    guard !rows.isEmpty else {
      throw Diagnostic(.error, "no sample is of the classes that 'only' names")
    }
    return Subset(
      base: self, rows: rows, labels: chosen?.selecting(rows),
      classGroups: hasOtherClasses ? [] : classGroups)
  }

  /// All samples in memory, decoded on as many threads as there are cores; the fault of the first faulty sample.
  func loaded(limit: Int) throws(Diagnostic) -> SampleSet {
    let (bytes, overflow) = sampleBytes.multipliedReportingOverflow(by: count)
    guard !overflow, bytes <= limit else {
      throw Diagnostic(
        .error,
        "\(count) samples of shape \(sampleShape) take \(bytes >> 20) MiB, more than cache_size, \(limit >> 20) MiB",
        hint: "raise cache_size, write 'cache: disk' or 'cache: none', or take fewer by 'limit'")
    }
    let values: SampleSet.Values
    switch element {
    case .byte: values = .bytes(try filled(0))
    case .float: values = .floats(try filled(0))
    }
    return SampleSet(
      sampleShape: sampleShape, values: values, labels: labels, classGroups: classGroups,
      bounds: bounds)
  }

  private func filled<T>(_ zero: T) throws(Diagnostic) -> [T] {
    let faults = Mutex<(index: Int, fault: Diagnostic)?>(nil)
    let size = sampleBytes
    let values = [T](unsafeUninitializedCapacity: sampleSize * count) { buffer, initialized in
      let target = SharedBuffer(bytes: UnsafeMutableRawBufferPointer(buffer))
      let chunk = 64
      performConcurrently((count + chunk - 1) / chunk) { part in
        for index in (part * chunk)..<min(count, (part + 1) * chunk) {
          if faults.withLock({ $0.map { $0.index < index } ?? false }) { return }
          let room = target.bytes[(index * size)..<((index + 1) * size)]
          do throws(Diagnostic) {
            try read(index, into: .init(rebasing: room))
          } catch {
            let fault = error
            faults.withLock { if index < $0?.index ?? .max { $0 = (index, fault) } }
            return
          }
        }
      }
      initialized = faults.withLock { $0 == nil } ? sampleSize * count : 0
    }
    if let fault = faults.withLock({ $0?.fault }) { throw fault }
    return values
  }
}

/// Memory whose parts are written by different threads.
private struct SharedBuffer: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
}

/// Some samples of a source, in an order of their own.
private struct Subset: IndexedSamples {
  let base: any IndexedSamples
  let rows: [Int]
  let labels: SampleLabels?
  let classGroups: [Int]

  var count: Int { rows.count }
  var sampleShape: [Int] { base.sampleShape }
  var element: SampleElement { base.element }
  var bounds: ClosedRange<Double> { base.bounds }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try base.read(rows[index], into: buffer)
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    let rows = rows.map { self.rows[$0] }
    guard let base = try base.fileDigest(trait, rows: rows) else { return nil }
    var digest = FileDigest(trait)
    digest.add(base)
    digest.add("\(rows)")
    return digest.text
  }
}
