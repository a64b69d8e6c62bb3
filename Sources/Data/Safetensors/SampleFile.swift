import Diagnostics

/// All samples of a set in one safetensors file, which starts at once and of which single samples can be read.
///
/// Tensors `labels` (I64 classes or F32 vectors, where there are labels), `samples` (U8 or F32 [N, ...]) and, after
/// them, what is known only when all is written: `digest` (16 characters) and, of floats, `bounds` (two F64).
package enum SampleFile {
  /// Writes the file at `path`, a block of samples at a time; the digest of the contents.
  ///
  /// - Throws: the fault of the first faulty sample, or of the system; what was at `path` is then unharmed.
  @discardableResult
  package static func write(
    _ source: any IndexedSamples, to path: String, withLabels: Bool = true
  ) throws(Diagnostic) -> String {
    let labels = withLabels ? source.labels : nil
    var digest = SampleDigest(shape: source.sampleShape)
    var failure: Diagnostic?
    var text = ""
    do throws(FileError) {
      try AtomicFile.write(to: path) { (sink: inout FileSink) throws(FileError) in
        try sink.write(header(of: source, labels))
        if let labels { try sink.write(bytes(of: labels)) }
        for start in stride(from: 0, to: source.count, by: blockSize(source)) {
          let block: [UInt8]
          do throws(Diagnostic) {
            block = try source.block(start..<min(source.count, start + blockSize(source)))
          } catch {
            failure = error
            throw FileError(path: path, message: error.message)
          }
          digest.add(block)
          try sink.write(block)
        }
        text = digest.text(labels: labels)
        try sink.write(Array(text.utf8))
        if source.element == .float {
          let bounds = [source.bounds.lowerBound, source.bounds.upperBound]
          try sink.write(TensorData(doubles: bounds, shape: [2]).bytes)
        }
      }
    } catch { throw failure ?? error.diagnostic }
    return text
  }

  /// The bounds of the samples in a file with these tensors; nil where `write` has not said them.
  static func bounds(in arrays: [String: StoredArray]) throws(Diagnostic) -> ClosedRange<Double>? {
    guard arrays["digest"] != nil, let bounds = arrays["bounds"], bounds.type == .float64,
      bounds.shape == [2]
    else { return nil }
    let ends = TensorData(.float64, shape: [2], bytes: try bounds.loaded().bytes).doubles
    guard ends.allSatisfy({ $0.isFinite }), ends[0] <= ends[1] else { return nil }
    return ends[0]...ends[1]
  }

  /// Samples that are held at a time: 16 MiB of them.
  private static func blockSize(_ source: any IndexedSamples) -> Int {
    max(1, (16 << 20) / max(1, source.sampleBytes))
  }

  private static func bytes(of labels: SampleLabels) -> [UInt8] {
    switch labels {
    case .classes(let classes, _):
      TensorData(integers: classes.map { Int64($0) }, shape: [classes.count]).bytes
    case .vectors(let values, _): TensorData(floats: values, shape: [values.count]).bytes
    }
  }

  private static func header(of source: any IndexedSamples, _ labels: SampleLabels?) -> [UInt8] {
    var tensors: [(name: String, type: TensorData.ElementType, shape: [Int])] = []
    switch labels {
    case nil: break
    case .classes(let classes, _): tensors.append(("labels", .int64, [classes.count]))
    case .vectors(let values, let width):
      tensors.append(("labels", .float32, [values.count / max(1, width), width]))
    }
    let type: TensorData.ElementType = source.element == .byte ? .uint8 : .float32
    tensors.append(("samples", type, [source.count] + source.sampleShape))
    tensors.append(("digest", .uint8, [16]))
    if source.element == .float { tensors.append(("bounds", .float64, [2])) }
    return SafetensorsFile.header(of: tensors, metadata: [:])
  }
}

extension IndexedSamples {
  /// The bytes of some samples, read on as many threads as there are cores.
  func block(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
    let part = Part(base: self, range: range)
    let set = try part.loaded(limit: .max)
    switch set.values {
    case .bytes(let bytes): return bytes
    case .floats(let floats): return floats.withUnsafeBytes { Array($0) }
    }
  }
}

/// Samples that follow each other in a source.
private struct Part<Base: IndexedSamples>: IndexedSamples {
  let base: Base
  let range: Range<Int>

  var count: Int { range.count }
  var sampleShape: [Int] { base.sampleShape }
  var element: SampleElement { base.element }
  var labels: SampleLabels? { nil }
  var bounds: ClosedRange<Double> { base.bounds }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    try base.read(range.lowerBound + index, into: buffer)
  }
}
