import Diagnostics
import Syntax

/// Rows of a table in a CSV or TSV file, whose first line names the columns.
///
/// A numeric column is one number of a sample, a categorical one as many as it has categories, one of them 1; columns
/// stand in the file's order, categories in the order of their bytes.
public struct Table: DatasetDefinition {
  public let path: String?
  public let sampleShape: [Int]
  /// Columns that hold categories, which become one-hot.
  public var categorical: [String]
  /// Columns that are left out.
  public var without: [String]
  /// The column of the class, which is then no part of samples.
  public var labelColumn: String?
  /// How many classes the labels have; nil where none are read.
  public var classes: Int?
  /// Whether each numeric column is brought to mean 0 and deviation 1.
  public var standardizes: Bool

  public init(
    path: String, shape: [Int], categorical: [String] = [], without: [String] = [],
    labelColumn: String? = nil, classes: Int? = nil, standardizes: Bool = false
  ) {
    self.path = path
    sampleShape = shape
    self.categorical = categorical
    self.without = without
    self.labelColumn = labelColumn
    self.classes = classes
    self.standardizes = standardizes
  }

  public var labelWidth: Int? { labelColumn == nil ? nil : classes }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let path = path ?? "."
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReader.contents(of: path, limit: 1 << 30)
    } catch { throw error.diagnostic }
    let isTabbed = ["tsv", "tab"].contains(ending(of: path))
    var records = try SeparatedText(
      bytes, separator: UInt8(ascii: isTabbed ? "\t" : ","), name: path
    ).records
    guard records.count >= 2 else {
      throw SeparatedText.fault(path, "it has no rows under its first line, the names of columns")
    }
    let names = records.removeFirst().fields
    try check(names, records, path)
    return .finite(try samples(names, records, path))
  }

  private func check(
    _ names: [String], _ records: [SeparatedText.Record], _ path: String
  ) throws(Diagnostic) {
    for wanted in categorical + without + (labelColumn.map { [$0] } ?? [])
    where !names.contains(wanted) {
      throw Diagnostic(
        .error, "there is no column \(quoted(wanted)) in \(quoted(path))",
        hint: didYouMean(wanted, among: names) ?? "there are \(some(names))")
    }
    if let record = records.first(where: { $0.fields.count != names.count }) {
      throw SeparatedText.fault(
        path,
        "line \(record.line) has \(record.fields.count) fields, and there are \(names.count) columns"
      )
    }
  }

  private func samples(
    _ names: [String], _ records: [SeparatedText.Record], _ path: String
  ) throws(Diagnostic) -> SampleSet {
    var columns: [[[Float]]] = []
    var widths: [String] = []
    var labels: SampleLabels?
    for (place, name) in names.enumerated() where !without.contains(name) {
      let column = records.map { $0.fields[place] }
      if name == labelColumn {
        labels = try classLabels(column, path)
      } else if categorical.contains(name) {
        columns.append(Self.oneHot(column))
        widths.append("\(name) \(columns.last?.first?.count ?? 0)")
      } else {
        columns.append([try numbers(column, name, records, path)].transposed)
        widths.append("\(name) 1")
      }
    }
    let width = columns.reduce(0) { $0 + ($1.first?.count ?? 0) }
    guard sampleShape == [width] else {
      throw Diagnostic(
        .error,
        "samples have shape \(sampleShape) in the spec, but the columns of \(quoted(path)) make \(width) "
          + "numbers: \(widths.joined(separator: ", "))",
        hint: "write 'shape: [\(width)]'")
    }
    var values: [Float] = []
    values.reserveCapacity(width * records.count)
    for row in records.indices { for column in columns { values += column[row] } }
    return SampleSet(sampleShape: sampleShape, values: .floats(values), labels: labels)
  }

  private static func oneHot(_ column: [String]) -> [[Float]] {
    let categories = Set(column).sorted(by: precedes)
    let places = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
    return column.map { text in
      var row = [Float](repeating: 0, count: categories.count)
      if let place = places[text] { row[place] = 1 }
      return row
    }
  }

  private func numbers(
    _ column: [String], _ name: String, _ records: [SeparatedText.Record], _ path: String
  ) throws(Diagnostic) -> [Float] {
    var numbers: [Double] = []
    for (row, text) in column.enumerated() {
      let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      guard let number = Double(String(trimmed)), number.isFinite else {
        throw Diagnostic(
          .error,
          "\(quoted(text)) in line \(records[row].line) of \(quoted(path)), column \(quoted(name)), is no number",
          hint: "mend it, or write 'categorical: [\(name)]' if the column holds categories")
      }
      numbers.append(number)
    }
    guard standardizes else { return numbers.map { Float($0) } }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
    let factor = variance > 0 ? 1 / variance.squareRoot() : 1
    return numbers.map { Float(($0 - mean) * factor) }
  }

  private func classLabels(_ column: [String], _ path: String) throws(Diagnostic) -> SampleLabels {
    let names = Set(column).sorted(by: precedes)
    guard let classes, classes == names.count else {
      throw Diagnostic(
        .error,
        "column \(quoted(labelColumn ?? "")) of \(quoted(path)) has \(names.count) classes: \(some(names))",
        hint: "write 'classes: \(names.count)'")
    }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, UInt32($0)) })
    return .classes(column.map { numbers[$0] ?? 0 }, count: classes)
  }
}

extension [[Float]] {
  /// One column as rows of one number.
  fileprivate var transposed: [[Float]] { self.first?.map { [$0] } ?? [] }
}

extension DatasetType {
  private static let shape = Key.required(
    "shape", .shape, example: "shape: [13]",
    "Shape of one sample; of a row, how many numbers it makes.")
  private static let categorical = Key(
    "categorical", .columns, default: [], "Columns that hold categories, which become one-hot.")
  private static let without = Key("without", .columns, default: [], "Columns that are left out.")
  private static let labelColumn = Key.optional(
    "label_column", Form<String>.text, "The column of the class.")
  private static let standardize = Key(
    "standardize", .boolean, default: false,
    "Whether each numeric column is brought to mean 0 and deviation 1.")

  static let table = DatasetType(
    "table", "Rows of a CSV or TSV file whose first line names the columns.",
    keys: [
      DataKeys.path, shape, categorical, without, labelColumn, DataKeys.classes, standardize,
    ]
  ) {
    Table(
      path: $0[DataKeys.path], shape: $0[shape], categorical: $0[categorical],
      without: $0[without], labelColumn: $0[labelColumn], classes: $0[DataKeys.classes],
      standardizes: $0[standardize])
  }
}

extension Form where Value == [String] {
  /// Names of columns; one alone stands for a list of itself.
  fileprivate static var columns: Form {
    Form(
      "a list of names", schema: .any,
      text: { $0.isEmpty ? nil : "[\($0.joined(separator: ", "))]" }
    ) { $2.names($0, $1)?.map(\.text) }
  }
}
