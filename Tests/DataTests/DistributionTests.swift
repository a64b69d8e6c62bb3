import Diagnostics
import Syntax
import Testing

@testable import Data

/// Every generated set of points: its samples against arithmetic.
@Suite struct DistributionTests {
  func definition(_ sample: DistributionSample) throws -> any DatasetDefinition {
    let type = try #require(DatasetType.named(sample.type))
    let context = CheckingContext()
    let file = SourceFile(name: "x.yaml", text: sample.keys)
    let node = try #require(YAMLComposer.read(file, into: &context.diagnostics))
    var reader = MappingReader(node, "data 'x'", at: [], context)
    let definition = type.read(&reader)
    reader.finish()
    #expect(context.diagnostics.isEmpty, "\(context.diagnostics.rendered)")
    return try #require(definition)
  }

  func distribution(_ sample: DistributionSample) throws -> any SampleDistribution {
    let contents = try LoadedDataset(try definition(sample)).contents
    guard case .distribution(let distribution) = contents else { throw NoDistribution() }
    return distribution
  }

  struct NoDistribution: Error {}

  /// Moments of 40,000 samples, within five standard errors.
  @Test(arguments: DistributionSample.all) func moments(_ sample: DistributionSample) throws {
    let (count, dimensions) = (40_000, sample.mean.count)
    let values = try source(sample, batch: count).values(3)
    #expect(values.count == count * dimensions)
    let rows = (0..<count).map { row in
      (0..<dimensions).map { Double(values[row * dimensions + $0]) }
    }
    let numbers = rows.map { $0 + products($0) }
    for (i, expected) in (sample.mean + sample.moments).enumerated() {
      let mean = numbers.reduce(0) { $0 + $1[i] } / Double(count)
      let square = numbers.reduce(0) { $0 + $1[i] * $1[i] } / Double(count)
      let error = (max(0, square - mean * mean) / Double(count)).squareRoot()
      #expect(abs(mean - expected) <= 5 * error + 1e-6, "number \(i): \(mean), \(expected)")
    }
  }

  @Test(arguments: DistributionSample.all) func samplesAreReproducible(
    _ sample: DistributionSample
  ) throws {
    let values = try source(sample).values(7)
    #expect(try source(sample).values(7) == values)
    let isPoint = sample.moments == sample.mean.map { $0 * $0 }
    #expect(try isPoint || source(sample).values(8) != values)
    let mapped = try source(sample, batch: 4000, range: -1...1).values(0)
    #expect(mapped.filter { abs($0) > 1 }.count < mapped.count / 200)
  }

  /// Labels are one-hot and as often as the definition says, within five standard errors.
  @Test(arguments: DistributionSample.all) func labels(_ sample: DistributionSample) throws {
    let (definition, distribution) = (try definition(sample), try distribution(sample))
    guard let width = definition.labelWidth else {
      #expect(distribution.modeCount == 1)
      return
    }
    #expect(width == distribution.modeCount)
    let count = 4000
    let labels = try source(sample, column: .labels, batch: count).values(0)
    for mode in 0..<width {
      let found = stride(from: mode, to: labels.count, by: width).filter { labels[$0] == 1 }.count
      let expected = Double(count) * (sample.shares?[mode] ?? 1 / Double(width))
      #expect(abs(Double(found) - expected) <= 5 * expected.squareRoot())
    }
    #expect(labels.reduce(0, +) == Float(count))
  }

  /// A set that is drawn has its row here, or its own tests where its samples are pictures.
  @Test func everyTypeHasASample() throws {
    let drawn = DatasetType.all.filter { $0.keys.allSatisfy { $0.name != "path" } }.map { $0.name }
    #expect(
      Set(drawn).subtracting(["shapes", "tones"]) == Set(DistributionSample.all.map { $0.type }))
  }

  private func source(
    _ sample: DistributionSample, column: BatchSource.Column = .samples, batch: Int = 100,
    range: ClosedRange<Double>? = nil
  ) throws -> BatchSource {
    try BatchSource(
      dataset: LoadedDataset(try definition(sample), range: range), column: column, batch: batch,
      seed: 5, player: "discriminator", shuffleKey: "x")
  }

  /// x², xy, y²; x² on the line.
  private func products(_ x: [Double]) -> [Double] {
    x.count == 1 ? [x[0] * x[0]] : [x[0] * x[0], x[0] * x[1], x[1] * x[1]]
  }
}
