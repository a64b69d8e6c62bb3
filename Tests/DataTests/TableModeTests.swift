import DataSupport
import Diagnostics
import Glibc
import Testing

@testable import Data

/// Tables as CTGAN sees them: numbers by the Gaussians of their columns, and rows by conditions.
@Suite struct TableModeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two clumps of 24 and 36 numbers.
  static let clumps: [Double] = {
    let first = (0..<24).map { 10 + Double(($0 * 7) % 11 - 5) * 0.2 }
    let second = (0..<36).map { 40 + Double(($0 * 5) % 13 - 6) * 0.5 }
    return first + second
  }()

  /// Weights, means and deviations by Files/variational_mixture.py, which is NumPy with PyTorch's digamma.
  @Test func mixturesAreThoseOfTheUpdatesInNumPy() {
    let mixture = VariationalMixture(Self.clumps, components: 3)
    let expected = [
      (0.40926930540447365, 10.695235333069506, 4.658770987458465),
      (0.017257550023865028, 27.903295394660116, 14.88027905173913),
      (0.5734731445716612, 39.62017160839826, 3.634238973698367),
    ]
    for (place, row) in expected.enumerated() {
      #expect(abs(mixture.weights[place] - row.0) < 1e-10)
      #expect(abs(mixture.means[place] - row.1) < 1e-8)
      #expect(abs(mixture.variances[place].squareRoot() - row.2) < 1e-8)
    }
  }

  /// Ten components of fifteen numbers, of which two stand for more than 0.005 of them; shares of the fifth number.
  @Test func componentsOfAlmostNothingAreLeftOut() {
    let values = [3, 141, 59, 26, 535, 89, 79, 323, 84, 62, 643, 383, 27, 950, 288]
      .map { Double($0) / 100 }
    let modes = GaussianModes(values, most: 10)
    #expect(modes.count == 2)
    for (found, expected) in zip(
      modes.means + modes.deviations,
      [1.4479647109339504, 5.260160206293379, 1.562221127956569, 3.1358524360032494])
    {
      #expect(abs(found - expected) < 1e-8)
    }
    // 0.28906389 and 0.71093611, each with 1e-6 more.
    let below = modes.encoded(5.35, row: 4, draw: 0.289063)
    let above = modes.encoded(5.35, row: 4, draw: 0.289065)
    #expect(below[1...] == [1, 0] && above[1...] == [0, 1])
    #expect(abs(Double(below[0]) - (5.35 - 1.4479647109339504) / (4 * 1.562221127956569)) < 1e-6)
    #expect(abs(modes.decoded(below) - 5.35) < 1e-5 && abs(modes.decoded(above) - 5.35) < 1e-5)
    // Six deviations from the first mean are cut to 0.99 of four.
    let far = modes.encoded(1.4479647109339504 + 6 * 1.562221127956569, row: 4, draw: 0)
    #expect(far == [0.99, 1, 0])
  }

  @Test func aConstantColumnHasOneValue() {
    let modes = GaussianModes([7, 7, 7, 7], most: 10)
    let part = modes.encoded(7, row: 2, draw: 0.5)
    #expect(abs(part[0]) < 1e-6 && part[1...].reduce(0, +) == 1)
    #expect(abs(modes.decoded(part) - 7) < 1e-6)
    #expect(GaussianModes([-3], most: 10).count == 1)
  }

  /// 200 rows: `a` is x, y or z in 150, 40 and 10 of them, `b` is p or q in 100 each.
  func write() throws -> String {
    let rows = (0..<200).map { row in
      let a = row % 20 == 3 ? "z" : row % 5 == 1 ? "y" : "x"
      return "\(row % 2 == 0 ? 1.25 : 8),\(a),\(row % 4 < 2 ? "p" : "q")"
    }
    let text = (["n,a,b"] + rows).joined(separator: "\n")
    return try folder.write(Array(text.utf8), "table.csv")
  }

  func table(
    _ path: String, shape: [Int] = [6], conditions: Int? = 5, modes: Int? = nil
  ) -> Table {
    Table(
      path: path, shape: shape, categorical: ["a", "b"], modes: modes, conditions: conditions)
  }

  func source(_ column: BatchSource.Column, _ path: String) throws -> BatchSource {
    var view = DatasetView()
    view.balance = .columns
    let set = try LoadedDataset(table(path), view: view)
    return try BatchSource(
      dataset: set, column: column, batch: 100, seed: 5, player: "p", shuffleKey: "x",
      order: .balanced)
  }

  /// Both columns are asked for equally often, categories as log(1 + 150), log(1 + 40) and log(1 + 10), and log(101) twice;
  /// every row meets its condition.
  @Test func rowsAreDrawnByConditions() throws {
    let path = try write()
    let (rows, labels) = (try source(.samples, path), try source(.labels, path))
    #expect(rows.sampleShape == [6] && labels.sampleShape == [5] && rows.batchesPerEpoch == 4)
    var counts = [Double](repeating: 0, count: 5)
    for batch in 0..<400 {
      let (x, c) = (try rows.values(batch: batch), try labels.values(batch: batch))
      for i in 0..<100 {
        let condition = try #require(c[(i * 5)..<(i * 5 + 5)].firstIndex(of: 1)) - i * 5
        counts[condition] += 1
        #expect(x[i * 6 + 1 + condition] == 1)
      }
    }
    let a = [151.0, 41, 11].map { log($0) }
    let total = 2 * a.reduce(0, +)
    let shares: [Double] = a.map { $0 / total } + [0.25, 0.25]
    for (count, share) in zip(counts, shares) { #expect(abs(count / 40_000 - share) < 0.0026) }
  }

  /// In order, each row stands once for each column, with its category there.
  @Test func conditionsOfRowsAreTheirCategories() throws {
    let set = try LoadedDataset(table(try write()))
    let source = try set.contents.samples
    #expect(source.count == 400 && source.classGroups == [3, 2])
    #expect(source.labels?.classes?.prefix(8) == [0, 3, 1, 3, 0, 4, 2, 4])
    let samples = try BatchSource(
      dataset: set, batch: 4, seed: 0, player: "p", shuffleKey: "x", order: .sequential)
    let first: [Float] = [1.25, 1, 0, 0, 1, 0]
    let second: [Float] = [8, 0, 1, 0, 1, 0]
    #expect(try samples.values(batch: 0) == first + first + second + second)
    // Nine of the 200 rows differ from those before them; a row under its other condition is no second one.
    let inspection = DatasetInspection(source)
    #expect(inspection.duplicates == 191)
    // And its content is the one that runs record.
    let digest = try #require(try source.contentDigest())
    #expect(inspection.digest == digest)
  }

  /// Which conditions belong to a column is known in the file's order, and of no other choice.
  @Test func groupsAreThoseOfTheFilesOrder() throws {
    let source = try table(try write()).open().samples
    var view = DatasetView()
    view.limit = 10
    #expect(try source.seen(through: view).classGroups == [3, 2])
    view.only = [3, 0, 1, 2, 4]
    #expect(try source.seen(through: view).classGroups == [])
    // Who has written 'conditions' is not told to write them alone.
    view.balance = .columns
    let fault = #expect(throws: Diagnostic.self) { try LoadedDataset(table(write()), view: view) }
    #expect(fault?.hint?.contains("leave 'only' away") == true, "\(fault?.rendered ?? "none")")
  }

  @Test func rowsOfNumbersAreRowsOfTextAgain() throws {
    let table = table(try write(), modes: 3)
    let (columns, _) = try table.read()
    #expect(columns.map(\.width) == [columns[0].width, 3, 2])
    for (row, text) in ["1.25", "8.0", "1.25"].enumerated() {
      let width = columns[0].width
      let part = columns[0].values[(row * width)..<((row + 1) * width)]
      #expect(columns[0].text(of: part) == text)
    }
    #expect(columns[1].text(of: [0.1, 0.2, 0.7]) == "z")
    let text = try #require(try TableText(table, path: "made.tsv"))
    let made = folder.file("made.tsv")
    let width = columns[0].width
    let row = Array(columns[0].values[width..<(2 * width)]) + [0, 1, 0, 0.4, 0.6]
    try text.write(rows: 2, to: made) { row }
    #expect(try folder.bytes("made.tsv") == Array("n\ta\tb\n8.0\ty\tq\n8.0\ty\tq\n".utf8))
  }

  /// Rounded to nine places behind the point, numbers of 1e-12 were all 0.
  @Test func smallNumbersAreTextOfAsManyDigits() throws {
    let text = "a,b\n1.5e-12,0.00000000000012\n-9.1e-12,0.00000000000083\n"
    let path = try folder.write(Array(text.utf8), "small.csv")
    for standardizes in [false, true] {
      let table = Table(path: path, shape: [2], standardizes: standardizes)
      let columns = try table.read().columns
      for (row, number) in [1.5e-12, -9.1e-12].enumerated() {
        let found = try #require(Double(columns[0].text(of: columns[0].values[row...row])))
        #expect(abs(found - number) < 1e-18)
      }
      for (row, text) in ["1.2e-13", "8.3e-13"].enumerated() {
        #expect(columns[1].text(of: columns[1].values[row...row]) == text)
      }
    }
  }

  /// A line of quotes alone is a row, of one empty field, and is written so; a line of nothing is none.
  @Test func aRowMayBeOneEmptyField() throws {
    let path = try folder.write(Array("a\nx\n\"\"\n\nx\n".utf8), "one.csv")
    let table = Table(path: path, shape: [2], categorical: ["a"])
    let source = try table.open().samples
    #expect(try source.loaded(limit: 100).values.doubles == [0, 1, 1, 0, 0, 1])
    let text = try #require(try TableText(table, path: "made.csv"))
    let made = folder.file("made.csv")
    try text.write(rows: 3, to: made) { [0, 1, 1, 0, 0, 1] }
    #expect(try folder.bytes("made.csv") == Array("a\nx\n\"\"\nx\n".utf8))
  }

  @Test func faults() throws {
    let path = try write()
    var both = table(path, modes: 3)
    both.standardizes = true
    let faults: [(Table, String)] = [
      (table(path, conditions: 4), "there are 4 conditions in the spec, but the columns of"),
      (Table(path: path, shape: [6], without: ["a", "b"], conditions: 5), "make 1 numbers: n 1"),
      (
        Table(path: path, shape: [1], without: ["a", "b"], conditions: 5),
        "'conditions' are categories, but no column of"
      ),
      (both, "'modes' and 'standardize' are two ways to write a number"),
      (
        Table(
          path: path, shape: [6], categorical: ["a", "b"], labelColumn: "b", classes: 2,
          conditions: 5), "'conditions' and 'label_column' are two kinds of labels"
      ),
    ]
    for (table, message) in faults {
      let fault = #expect(throws: Diagnostic.self) { try LoadedDataset(table) }
      #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "none")")
    }
    var view = DatasetView()
    view.balance = .columns
    let fault = #expect(throws: Diagnostic.self) {
      try LoadedDataset(table(path, conditions: nil), view: view)
    }
    #expect(fault?.message == "'balance' needs a class of each sample, but the data has none")
  }
}
