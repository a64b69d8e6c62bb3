import Data
import Diagnostics
import JSON

extension MeasuredProfile {
  private static let columns = [
    "function", "node", "layer", "kernel", "order", "calls", "ms", "flop", "bytes", "class",
  ]

  private var json: JSONValue {
    .object([
      ("format", .text(Self.format)), ("version", .integer(Self.version)), ("title", .text(title)),
      ("graphs", .text(graphs)), ("threads", .integer(threads)), ("rounds", .integer(rounds)),
      (
        "ceiling",
        .object([
          ("gflops", .number(ceiling.gigaflops)), ("gbytes", .number(ceiling.gigabytes)),
        ])
      ),
      ("columns", .list(Self.columns.map(JSONValue.text))),
      (
        "rows",
        .list(
          rows.map { row in
            .list([
              .text(row.function), .integer(row.node), .text(row.layer), .text(row.kernel),
              .integer(row.order), .number(row.calls), .number(row.milliseconds),
              .number(row.operations), .number(row.bytes), .text(row.costClass),
            ])
          })
      ),
    ])
  }

  /// Writes the profile as one line of JSON.
  public func write(to path: String) throws(Diagnostic) {
    do throws(FileError) {
      try AtomicFile.write(json.line + "\n", to: path)
    } catch { throw error.diagnostic }
  }

  /// Reads what `write` wrote.
  ///
  /// - Throws: a diagnostic where the file cannot be read or is something else.
  public init(path: String) throws(Diagnostic) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileReader.contents(of: path, limit: 1 << 28)
    } catch { throw error.diagnostic }
    let value: JSONValue
    do throws(JSONError) { value = try JSONParser.parse(bytes) } catch {
      throw Self.fault(path, "it is not JSON: \(error.message) at byte \(error.offset)")
    }
    guard case .text(Self.format)? = value["format"] else {
      throw Self.fault(path, "it is no profile")
    }
    guard case .integer(Self.version)? = value["version"], value["columns"] == Self.columnNames
    else { throw Self.fault(path, "it is of another version of advas") }
    guard case .text(let title)? = value["title"], case .text(let graphs)? = value["graphs"],
      case .integer(let threads)? = value["threads"], case .integer(let rounds)? = value["rounds"],
      let gigaflops = value["ceiling"]?["gflops"]?.double,
      let gigabytes = value["ceiling"]?["gbytes"]?.double, case .list(let items)? = value["rows"]
    else { throw Self.fault(path, "it lacks what a profile has") }
    var rows: [Row] = []
    for item in items {
      guard let row = Row(item) else { throw Self.fault(path, "one of its rows is damaged") }
      rows.append(row)
    }
    self.init(
      title: title, graphs: graphs, threads: threads, rounds: rounds,
      ceiling: Ceiling(gigaflops: gigaflops, gigabytes: gigabytes), rows: rows)
  }

  private static let columnNames = JSONValue.list(columns.map(JSONValue.text))

  private static func fault(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "cannot use \(quoted(path)) as a profile: \(reason)",
      hint: "advas-run profile SPEC --out FILE writes one")
  }
}

extension MeasuredProfile.Row {
  fileprivate static let columnCount = 10

  fileprivate init?(_ value: JSONValue) {
    guard case .list(let cells) = value, cells.count == Self.columnCount,
      case .text(let function) = cells[0],
      case .integer(let node) = cells[1], case .text(let layer) = cells[2],
      case .text(let kernel) = cells[3], case .integer(let order) = cells[4],
      case .text(let costClass) = cells[9]
    else { return nil }
    let numbers = cells[5..<9].compactMap(\.double)
    guard numbers.count == 4 else { return nil }
    self.init(
      function: function, node: node, layer: layer, kernel: kernel, order: order,
      costClass: costClass, calls: numbers[0], milliseconds: numbers[1], operations: numbers[2],
      bytes: numbers[3])
  }
}

extension JSONValue {
  fileprivate var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .null, .boolean, .text, .list, .object: nil
    }
  }
}
