import Diagnostics

/// Classes as files give them, one number for each sample.
enum ClassNumbers {
  /// The classes of `values`; a number that is no class below `count` is a diagnostic about the file at `path`.
  static func check(
    _ values: SampleSet.Values, below count: Int, of path: String
  ) throws(Diagnostic) -> [UInt32] {
    switch values {
    case .bytes(let bytes):
      if let i = bytes.firstIndex(where: { Int($0) >= count }) {
        throw fault("\(bytes[i])", at: i, count, path)
      }
      return bytes.map { UInt32($0) }
    case .floats(let floats):
      if let i = floats.firstIndex(where: { !($0 >= 0 && $0 < Float(count) && $0 == $0.rounded()) })
      {
        throw fault(
          floats[i] == floats[i].rounded() && abs(floats[i]) < 1e9
            ? "\(Int(floats[i]))" : "\(floats[i])", at: i, count, path)
      }
      return floats.map { UInt32($0) }
    }
  }

  static func fault(_ label: String, at index: Int, _ count: Int, _ path: String) -> Diagnostic {
    Diagnostic(
      .error,
      "label \(index) of \(quoted(path)) is \(label), but classes are 0...\(count - 1)",
      hint: "set 'classes' to their number, or mend the labels")
  }
}
