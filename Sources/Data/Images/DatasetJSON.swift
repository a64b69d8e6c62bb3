import Diagnostics
import JSON

/// Labels as StyleGAN2-ADA and its successors keep them beside pictures.
///
/// `{"labels": [["00000/img00000000.png", 6], …]}`: a class, or a list of numbers, for each picture; null for none.
enum DatasetJSON {
  static let name = "dataset.json"

  /// The labels of `files`; nil where the file says that there are none.
  static func labels(
    _ bytes: [UInt8], path: String, of files: [String], classes: Int
  ) throws(Diagnostic) -> SampleLabels? {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      throw fault(path, "at byte \(error.offset), \(error.message)")
    }
    guard let labels = value["labels"] else { throw fault(path, "it has no \"labels\"") }
    guard case .list(let entries) = labels else {
      if case .null = labels { return nil }
      throw fault(path, "its \"labels\" are no list")
    }
    var known: [String: JSONValue] = [:]
    for (i, entry) in entries.enumerated() {
      guard case .list(let pair) = entry, pair.count == 2, case .text(let file) = pair[0] else {
        throw fault(path, "entry \(i) of its labels is not [name, label]")
      }
      guard known.updateValue(pair[1], forKey: file.replacing("\\", with: "/")) == nil else {
        throw fault(path, "\(quoted(file)) has two labels; several classes are a list of numbers")
      }
    }
    try check(known, against: files, path)
    return try read(files.compactMap { known[$0] }, files, classes, path)
  }

  /// Every picture has a label and every label a picture.
  private static func check(
    _ known: [String: JSONValue], against files: [String], _ path: String
  ) throws(Diagnostic) {
    let missing = files.filter { known[$0] == nil }
    guard missing.isEmpty else {
      throw fault(path, "\(missing.count) pictures have no label: \(some(missing))")
    }
    guard known.count > files.count else { return }
    let there = Set(files)
    let extra = known.keys.filter { !there.contains($0) }.sorted(by: precedes)
    throw fault(path, "\(extra.count) labels have no picture: \(some(extra))")
  }

  private static func read(
    _ labels: [JSONValue], _ files: [String], _ classes: Int, _ path: String
  ) throws(Diagnostic) -> SampleLabels {
    guard case .list? = labels.first else {
      var numbers: [UInt32] = []
      for (i, label) in labels.enumerated() {
        guard case .integer(let number) = label else {
          throw fault(path, "the label of \(quoted(files[i])) is no whole number")
        }
        guard (0..<classes).contains(number) else {
          throw ClassNumbers.fault("\(number)", at: i, classes, path)
        }
        numbers.append(UInt32(number))
      }
      return .classes(numbers, count: classes)
    }
    var values: [Float] = []
    for (i, label) in labels.enumerated() {
      guard case .list(let items) = label, items.count == classes else {
        throw fault(path, "the label of \(quoted(files[i])) is no list of \(classes) numbers")
      }
      for item in items {
        switch item {
        case .integer(let number): values.append(Float(number))
        case .number(let number) where Float(number).isFinite: values.append(Float(number))
        default: throw fault(path, "the label of \(quoted(files[i])) is no list of numbers")
        }
      }
    }
    return .vectors(values, width: classes)
  }

  private static func fault(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "the labels in \(quoted(path)) cannot be used: \(reason)",
      hint: "mend \(name), or leave 'classes' away")
  }
}
