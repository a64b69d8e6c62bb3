import Diagnostics
import Testing

@testable import Data

/// Classes in shares that the spec gives them.
@Suite struct BalanceTests {
  /// A hundred samples, sample i of the value i: 70, 25 and 5 of classes 0, 1 and 2, mixed.
  static let classes = (0..<100).map { UInt32($0 % 20 == 7 ? 2 : $0 % 4 == 1 ? 1 : 0) }

  func set(_ classes: [UInt32] = classes, count: Int = 3) -> SampleSet {
    SampleSet(
      sampleShape: [1], values: .bytes((0..<classes.count).map { UInt8($0) }),
      labels: .classes(classes, count: count))
  }

  func source(
    _ balance: ClassBalance, batch: Int = 10, column: BatchSource.Column = .samples,
    seed: UInt64 = 3, order: BatchSource.Order = .balanced
  ) throws -> BatchSource {
    let set = set()
    return try BatchSource(
      dataset: LoadedDataset(.finite(set), shares: try ClassShares(balance, of: set.labels)),
      column: column, batch: batch, seed: seed, player: "p", shuffleKey: "x", order: order)
  }

  /// The places of a batch's samples, which are their values.
  func rows(_ source: BatchSource, _ k: Int) throws -> [Int] {
    try source.values(k).map { Int($0) }
  }

  /// The places of all samples of an epoch.
  func epoch(_ number: Int, of source: BatchSource) throws -> [Int] {
    let batches = try #require(source.batchesPerEpoch)
    return try (0..<batches).flatMap { try rows(source, number * batches + $0) }
  }

  func counts(_ rows: [Int], of count: Int) -> [Int] {
    rows.reduce(into: [Int](repeating: 0, count: count)) { $0[$1] += 1 }
  }

  func classCounts(_ rows: [Int]) -> [Int] { counts(rows.map { Int(Self.classes[$0]) }, of: 3) }

  @Test func theClassesOfTheTestAreAsItSays() {
    #expect(counts(Self.classes.map { Int($0) }, of: 3) == [70, 25, 5])
  }

  @Test func classesAreEquallyOftenInEveryEpoch() throws {
    let source = try source(.classes)
    var shown = [Int](repeating: 0, count: 100)
    var first = [0, 0, 0]
    let epochs = 300
    for number in 0..<epochs {
      let rows = try epoch(number, of: source)
      let ofClasses = classCounts(rows)
      #expect(ofClasses.allSatisfy { $0 == 33 || $0 == 34 }, "\(ofClasses)")
      // 33 or 34 places of 5 samples: each six or seven times; of 70 samples: once or never.
      let ofSamples = counts(rows, of: 100)
      for (row, count) in ofSamples.enumerated() {
        let least = [0, 1, 6][Int(Self.classes[row])]
        #expect((least...least + 1).contains(count), "\(row): \(count)")
      }
      for (row, count) in ofSamples.enumerated() { shown[row] += count }
      first[Int(Self.classes[rows[0]])] += 1
    }
    // Exact on average: over 300 epochs the deviation of a class is sqrt(300 · 2/9) = 8.2 places.
    for number in 0..<3 {
      let count = (0..<100).filter { Self.classes[$0] == number }.reduce(0) { $0 + shown[$1] }
      #expect(abs(count - 10_000) <= 41, "class \(number): \(count)")
    }
    // Which of the 70 samples are left out is drawn: Pearson's sum over them, of a binomial's deviation, is that of
    // chi-square with 69 degrees of freedom, 69 ± 11.7.
    let share = 100.0 / 3 / 70
    let expected = Double(epochs) * share
    let sum = (0..<100).filter { Self.classes[$0] == 0 }.reduce(0.0) { sum, row in
      let difference = Double(shown[row]) - expected
      return sum + difference * difference / (expected * (1 - share))
    }
    #expect(sum > 69 - 4 * 11.7 && sum < 69 + 4 * 11.7, "\(sum)")
    // And so is the class of an epoch's first place: three counts of 100 ± 8.2.
    #expect(first.allSatisfy { abs($0 - 100) <= 33 }, "\(first)")
  }

  @Test func weightsAreProportions() throws {
    let source = try source(.weights([2, 0, 6]))
    for number in 0..<50 {
      #expect(classCounts(try epoch(number, of: source)) == [25, 0, 75])
    }
  }

  /// Weights that are the numbers of samples show each sample once.
  @Test func ownSharesAreAPermutation() throws {
    let source = try source(.weights([70, 25, 5]))
    for number in 0..<20 { #expect(Set(try epoch(number, of: source)).count == 100) }
  }

  @Test func aBatchFollowsFromItsNumber() throws {
    let long = try source(.classes)
    let batches = try (0..<40).map { try long.values($0) }
    for k in [39, 0, 17, 9, 10] { #expect(try source(.classes).values(k) == batches[k]) }
    #expect(try source(.classes, seed: 4).values(0) != batches[0])
    // Metrics and pictures of the set see it as it is.
    let plain = try source(.classes, order: .shuffled)
    #expect(Set(try epoch(0, of: plain)).count == 100)
    #expect(try source(.none).values(3) == plain.values(3))
  }

  @Test func labelsStayBesideTheirSamples() throws {
    let (samples, labels) = (try source(.classes), try source(.classes, column: .labels))
    for k in 0..<25 {
      let hot = try labels.values(k)
      for (i, value) in try samples.values(k).enumerated() {
        #expect(hot[3 * i + Int(Self.classes[Int(value)])] == 1)
      }
    }
  }

  /// A batch that is larger than the set runs through epochs of it.
  @Test func epochsWithinABatch() throws {
    let set = set([0, 0, 0, 1])
    let source = try BatchSource(
      dataset: LoadedDataset(.finite(set), shares: try ClassShares(.classes, of: set.labels)),
      batch: 40, seed: 1, player: "p", shuffleKey: "x", order: .balanced, repeats: true)
    #expect(try rows(source, 2).filter { $0 == 3 }.count == 20)
  }

  @Test func sharesThatCannotBe() throws {
    func message(_ balance: ClassBalance, _ labels: SampleLabels?) -> String {
      (#expect(throws: Diagnostic.self) { try ClassShares(balance, of: labels) })?.message ?? ""
    }
    #expect(message(.classes, nil).contains("the data has none"))
    #expect(message(.classes, .vectors([1, 2], width: 1)).contains("its labels are vectors"))
    let labels = SampleLabels.classes([0, 2], count: 3)
    #expect(message(.weights([1, 1]), labels).contains("2 weights, but the data has 3 classes"))
    #expect(message(.weights([1, 1, 1]), labels).contains("class 1 has the weight 1"))
    // Of equal shares a class without samples has none.
    #expect(throws: Never.self) { try ClassShares(.classes, of: labels) }
    #expect(throws: Never.self) { try ClassShares(.weights([1, 0, 1]), of: labels) }
  }
}
