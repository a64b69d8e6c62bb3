import Diagnostics
import Syntax

/// Rows of a table in a CSV or TSV file, whose first line names the columns.
///
/// A numeric column is one number of a sample, or a distance and one number for each of its `modes`; a categorical one as
/// many as it has categories, one of them 1. Columns stand in the file's order, categories in the order of their bytes.
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
  /// The most Gaussians that a numeric column is seen as a mixture of; nil for numbers as they are.
  public var modes: Int?
  /// How many categories all columns of categories have.
  ///
  /// Where this is known, a sample is a row as seen under one of these columns, and its label says in which category it is
  /// there, as Xu et al. 2019 have it, arXiv:1907.00503, section 4.3.
  public var conditions: Int?

  public init(
    path: String, shape: [Int], categorical: [String] = [], without: [String] = [],
    labelColumn: String? = nil, classes: Int? = nil, standardizes: Bool = false,
    modes: Int? = nil, conditions: Int? = nil
  ) {
    self.path = path
    sampleShape = shape
    self.categorical = categorical
    self.without = without
    self.labelColumn = labelColumn
    self.classes = classes
    self.standardizes = standardizes
    self.modes = modes
    self.conditions = conditions
  }

  public var labelWidth: Int? { conditions ?? (labelColumn == nil ? nil : classes) }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let (columns, labels) = try read()
    guard !columns.isEmpty else {
      throw Diagnostic(
        .error, "no column of \(quoted(path ?? ".")) is left for samples",
        hint: "they are made of those that neither 'without' nor 'label_column' names")
    }
    let width = columns.reduce(0) { $0 + $1.width }
    guard sampleShape == [width] else {
      let widths = columns.map { "\($0.name) \($0.width)" }.joined(separator: ", ")
      throw Diagnostic(
        .error,
        "samples have shape \(sampleShape) in the spec, but the columns of \(quoted(path ?? ".")) make \(width) "
          + "numbers: \(widths)",
        hint: "write 'shape: [\(width)]'")
    }
    let rows = columns.first.map { $0.values.count / max(1, $0.width) } ?? 0
    var values: [Float] = []
    values.reserveCapacity(width * rows)
    for row in 0..<rows {
      for column in columns {
        values += column.values[(row * column.width)..<((row + 1) * column.width)]
      }
    }
    guard let conditions else {
      return .finite(SampleSet(sampleShape: sampleShape, values: .floats(values), labels: labels))
    }
    return .finite(try conditioned(values, on: columns, conditions))
  }

  /// The columns that samples have, and the classes of rows.
  func read() throws(Diagnostic) -> (columns: [TableColumn], labels: SampleLabels?) {
    try checkKeys()
    let path = path ?? "."
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReader.contents(of: path, limit: 1 << 30)
    } catch { throw error.diagnostic }
    var records = try SeparatedText(
      bytes, separator: UInt8(ascii: TableText.isTabbed(path) ? "\t" : ","), name: path
    ).records
    guard records.count >= 2 else {
      throw SeparatedText.fault(path, "it has no rows under its first line, the names of columns")
    }
    let names = records.removeFirst().fields
    try check(names, records, path)
    var columns: [TableColumn] = []
    var labels: SampleLabels?
    for (place, name) in names.enumerated() where !without.contains(name) {
      let column = records.map { $0.fields[place] }
      if name == labelColumn {
        labels = try classLabels(column, path)
      } else if categorical.contains(name) {
        columns.append(TableColumn(name, categories: column))
      } else {
        let numbers = try numbers(column, name, records, path)
        let decimals = TableColumn.decimals(of: column, numbers)
        columns.append(
          modes.map { TableColumn(name, numbers, modes: $0, decimals: decimals) }
            ?? TableColumn(name, numbers, standardizes: standardizes, decimals: decimals))
      }
    }
    return (columns, labels)
  }

  /// Throws where two keys ask for different things.
  private func checkKeys() throws(Diagnostic) {
    if standardizes, modes != nil {
      throw Diagnostic(
        .error, "'modes' and 'standardize' are two ways to write a number",
        hint: "keep one of them")
    }
    if labelColumn != nil, conditions != nil {
      throw Diagnostic(
        .error, "'conditions' and 'label_column' are two kinds of labels", hint: "keep one of them")
    }
    if let labelColumn, without.contains(labelColumn) {
      throw Diagnostic(
        .error,
        "'label_column' is \(quoted(labelColumn)), which 'without' leaves out",
        hint: "take it out of 'without': the column of the class is no part of samples anyway")
    }
  }

  private func check(
    _ names: [String], _ records: [SeparatedText.Record], _ path: String
  ) throws(Diagnostic) {
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      guard let first = places.updateValue(place, forKey: name) else { continue }
      throw SeparatedText.fault(
        path, "its columns \(first + 1) and \(place + 1) are both called \(quoted(name))",
        hint: "give each a name of its own")
    }
    for wanted in categorical + without + (labelColumn.map { [$0] } ?? [])
    where !names.contains(wanted) {
      throw Diagnostic(
        .error, "there is no column \(quoted(wanted)) in \(quoted(path))",
        hint: didYouMean(wanted, among: names) ?? "there are \(some(names))")
    }
    if let record = records.first(where: { $0.fields.count != names.count }) {
      throw SeparatedText.fault(
        path,
        "line \(record.line) has \(counted(record.fields.count, "field")), "
          + "and the first line names \(counted(names.count, "column"))"
      )
    }
  }

  /// Every row once under each column of categories.
  private func conditioned(
    _ values: [Float], on columns: [TableColumn], _ conditions: Int
  ) throws(Diagnostic) -> SampleSet {
    let asked = columns.filter { if case .categories = $0.content { true } else { false } }
    let found = asked.reduce(0) { $0 + $1.width }
    guard found == conditions, !asked.isEmpty else {
      let widths = asked.map { "\($0.name) \($0.width)" }.joined(separator: ", ")
      throw Diagnostic(
        .error,
        asked.isEmpty
          ? "'conditions' are categories, but no column of \(quoted(path ?? ".")) is categorical"
          : "there are \(conditions) conditions in the spec, but the columns of \(quoted(path ?? ".")) have \(found) "
            + "categories: \(widths)",
        hint: asked.isEmpty ? "name some under 'categorical'" : "write 'conditions: \(found)'")
    }
    let rows = values.count / max(1, sampleShape.reduce(1, *))
    var labels: [UInt32] = []
    labels.reserveCapacity(rows * asked.count)
    for row in 0..<rows {
      var first = 0
      for column in asked {
        let part = column.values[(row * column.width)..<((row + 1) * column.width)]
        labels.append(UInt32(first + (part.firstIndex(of: 1) ?? part.startIndex) - part.startIndex))
        first += column.width
      }
    }
    return SampleSet(
      sampleShape: sampleShape, values: .floats(values),
      labels: .classes(labels, count: conditions), views: asked.count,
      classGroups: asked.map(\.width))
  }

  private func numbers(
    _ column: [String], _ name: String, _ records: [SeparatedText.Record], _ path: String
  ) throws(Diagnostic) -> [Double] {
    func place(_ row: Int) -> String {
      "line \(records[row].line) of \(quoted(path)), column \(quoted(name))"
    }
    var numbers: [Double] = []
    for (row, text) in column.enumerated() {
      let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      guard let number = Double(String(trimmed)), number.isFinite else {
        throw Diagnostic(
          .error, "\(quoted(text)) in \(place(row)), is no number",
          hint: "mend it, or write 'categorical: [\(name)]' if the column holds categories")
      }
      guard Float(number).isFinite else {
        throw Diagnostic(
          .error, "\(quoted(text)) in \(place(row)), is more than a float holds",
          hint: "mend it, or scale the column: samples are numbers up to 3.4e38")
      }
      numbers.append(number)
    }
    return numbers
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
  private static let modes = Key.optional(
    "modes", .integer(in: 1...100), or: "numbers as they are",
    "The most Gaussians that a mixture of each numeric column has: a sample says how far it is from one of them, and from which (one-hot). (Xu et al. 2019.)"
  )
  private static let conditions = Key.optional(
    "conditions", .integer(in: 2...Limits.kernel),
    "How many categories the categorical columns have together. Labels are then these, one-hot: a sample is a row as seen under one of these columns."
  )

  static let table = DatasetType(
    "table", "Rows of a CSV or TSV file whose first line names the columns.",
    keys: [
      DataKeys.path, shape, categorical, without, labelColumn, DataKeys.classes, standardize, modes,
      conditions,
    ]
  ) {
    Table(
      path: $0[DataKeys.path], shape: $0[shape], categorical: $0[categorical],
      without: $0[without], labelColumn: $0[labelColumn], classes: $0[DataKeys.classes],
      standardizes: $0[standardize], modes: $0[modes], conditions: $0[conditions])
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
