/// The digest of a set's samples and labels, taken in sample by sample.
///
/// It is that of all samples in one piece, so that a set has one digest however it is stored and read.
struct SampleDigest {
  private var digest = Digest()
  private var total = 0
  /// Fewer than eight bytes that wait for the rest of their word.
  private var rest: [UInt8] = []

  init(shape: [Int]) { digest.combine("\(shape)") }

  /// Takes in whole samples.
  mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    total += bytes.count
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = min(8 - rest.count, bytes.count)
      rest += bytes.prefix(missing)
      bytes = bytes.dropFirst(missing)
      guard rest.count == 8 else { return }
      rest.withUnsafeBytes { digest.combine(words: $0) }
      rest = []
    }
    let whole = bytes.count / 8 * 8
    digest.combine(words: UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
    rest = Array(bytes.dropFirst(whole))
  }

  /// The digest with labels, as sixteen hexadecimal digits.
  func text(labels: SampleLabels?) -> String {
    var digest = digest
    digest.end(rest, total: total)
    return Self.text(of: digest, labels: labels)
  }

  /// The digest of samples that is known without labels, `text(labels: nil)`, with them.
  static func text(of samples: Digest, labels: SampleLabels?) -> String {
    var digest = samples
    switch labels {
    case nil: break
    case .classes(let classes, let count):
      digest.combine("\(count)")
      classes.withUnsafeBytes { digest.combine($0) }
    case .vectors(let values, let width):
      digest.combine("\(width)")
      values.withUnsafeBytes { digest.combine($0) }
    }
    return digest.text
  }
}
