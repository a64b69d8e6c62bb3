import Diagnostics
import Syntax
import Testing

@testable import Metrics

/// Every metric of the catalogue, as a spec that says nothing else makes it.
@Suite struct CatalogueTests {
  static let names = MetricCatalogue.names

  /// The values of a metric's keys, and what is wrong with them.
  private func read(_ text: String, of type: any Metric.Type) throws -> (KeyValues, String) {
    let context = CheckingContext()
    let file = SourceFile(name: "m.yaml", text: text)
    let node = try #require(YAMLComposer.read(file, into: &context.diagnostics))
    var reader = MappingReader(node, "metric", at: [], context)
    let values = reader.values(of: type.declaration.keys)
    reader.finish()
    return (values, context.diagnostics.rendered)
  }

  private func make(_ name: String, _ text: String = "{}") throws -> any Metric {
    let type = try #require(MetricCatalogue.named(name))
    let (values, faults) = try read(text, of: type)
    #expect(faults.isEmpty, "\(faults)")
    return type.init(values)
  }

  /// Samples of a ring's form, pictures of 20 by 20, or logits, as the metric needs.
  private func samples(for view: MetricView) -> MetricSamples {
    let (x, y) = (RecordedArrays.x, RecordedArrays.y)
    func reshaped(_ matrix: Matrix, _ columns: Int) -> Matrix {
      Matrix(columns: columns, matrix.values)
    }
    switch view {
    case .features, .classes: return MetricSamples(reals: x, generated: y, shape: [40])
    case .pictures:
      return MetricSamples(
        reals: reshaped(x, 400), generated: reshaped(y, 400), shape: [1, 20, 20], range: -2...2)
    case .mixture:
      return MetricSamples(
        reals: reshaped(x, 2).rows(0..<500), generated: reshaped(y, 2).rows(0..<500), shape: [2],
        mixture: GaussianMixture(centres: [SIMD2(0, 0), SIMD2(1, 1)], deviation: 0.3))
    }
  }

  @Test(arguments: names) func everyMetricHasFiguresOfItsOwn(name: String) throws {
    let metric = try make(name)
    let declaration = type(of: metric).declaration
    let samples = samples(for: declaration.view)
    let facts = SampleFacts(
      count: samples.generated.rows, reals: samples.reals.rows, shape: samples.shape)
    #expect(metric.complaint(about: facts) == nil)
    let workers = try Workers(threads: 2)
    let figures = metric.score(samples, workers)
    #expect(!figures.isEmpty)
    #expect(figures.allSatisfy { $0.value.isFinite }, "\(figures)")
    #expect(Set(figures.map(\.name)).count == figures.count)
    #expect(figures.map(\.name) == declaration.figures)
    #expect(!metric.settings.isEmpty)
    let one = SampleFacts(count: 0, reals: 0, shape: samples.shape)
    #expect(metric.complaint(about: one) != nil, "nothing cannot be measured")
  }

  /// A generator that makes NaN is not the best one, nor one whose data is NaN in the features: comparisons, `max` and
  /// sorting make numbers of it.
  @Test(arguments: names, [Double.nan, .infinity])
  func nothingIsMeasuredOfWhatIsNotFinite(name: String, value: Double) throws {
    let metric = try make(name)
    let sound = samples(for: type(of: metric).declaration.view)
    let workers = try Workers(threads: 2)
    var (made, real) = (sound, sound)
    made.generated.values[sound.generated.columns] = value
    real.reals.values[sound.reals.columns] = value
    for samples in [made, real] {
      let (figures, detail) = metric.measure(samples, workers)
      #expect(figures.map(\.name) == type(of: metric).declaration.figures)
      #expect(figures.allSatisfy { $0.value.isNaN }, "\(figures)")
      #expect(detail == nil)
    }
  }

  /// What tells of the data alone has these names, by which reports take it for a level to reach.
  @Test(arguments: names) func levelsAreTheDatas(name: String) throws {
    let metric = try make(name)
    let workers = try Workers(threads: 2)
    var samples = samples(for: type(of: metric).declaration.view)
    func levels() -> [Figure] {
      metric.score(samples, workers).filter { ["floor", "reals"].contains($0.name) }
    }
    let before = levels()
    #expect(before.isEmpty != ["fid", "ms_ssim", "vendi", "wasserstein"].contains(name))
    samples.generated = samples.reals.rows(0..<min(samples.reals.rows, samples.generated.rows))
    #expect(levels() == before)
  }

  @Test func namesAndSynonymsAreDistinct() {
    #expect(MetricCatalogue.names.count == MetricCatalogue.all.count)
    for (synonym, names) in MetricCatalogue.synonyms {
      #expect(names.count == 1 && MetricCatalogue.named(synonym) == nil, "\(synonym)")
    }
  }

  /// What the keys say reaches the computation.
  @Test func keysCount() throws {
    let workers = try Workers(threads: 1)
    let samples = samples(for: .features)
    func value(_ name: String, _ text: String) throws -> Double {
      try #require(make(name, text).score(samples, workers).first).value
    }
    let recorded = try Vectors("recorded")
    agree(try value("fid", "{}"), try recorded["large", "fid"])
    agree(
      try value("precision_recall", "{neighbours: 5}"),
      try recorded["large", "prdc", "5", "precision"])
    agree(try value("density_coverage", "{}"), try recorded["large", "prdc", "5", "density"])
    agree(try value("vendi", "{order: 2}"), try recorded["large", "vendi of y, q=2"])
    #expect(try value("sliced_wasserstein", "{seed: 1}") != value("sliced_wasserstein", "{}"))
    #expect(try value("kid", "{block: 50}") != value("kid", "{block: 60}"))
  }

  /// One sample has no covariance.
  @Test func aLineBeginsAtTwoSamples() throws {
    let faults = try read("{least: 1}", of: FIDInfinity.self).1
    #expect(faults.contains("must be at least 2, but is 1"), "\(faults)")
    #expect(try read("{least: 2}", of: FIDInfinity.self).1.isEmpty)
  }

  /// A median distance of 0 is no width.
  @Test func equalRealsAreComplainedOf() throws {
    let workers = try Workers(threads: 1)
    let reals = Matrix(columns: 1, [Double](repeating: 1, count: 8) + [2, 3])
    let samples = MetricSamples(reals: reals, generated: reals, shape: [1])
    func complaint(_ text: String) throws -> String? {
      let metric = try make("rbf_mmd", text)
      return metric.complaint(about: metric.score(samples, workers))
    }
    #expect(
      try complaint("{}")
        == "rbf_mmd has no width of its kernel: more than half of the pairs of reals are equal")
    #expect(try complaint("{sigma: 1}") == nil)
  }

  /// What keys ask for is counted.
  @Test(arguments: [
    ("fid", "{groups: 40}"), ("fid_infinity", "{sizes: 30}"), ("kid", "{block: 1000}"),
    ("sliced_wasserstein", "{directions: 256}"),
  ])
  func workFollowsTheKeys(name: String, keys: String) throws {
    let (usual, more) = (try make(name).work, try make(name, keys).work)
    let ratio =
      more.operations(rows: 10_000, columns: 1000) / usual.operations(rows: 10_000, columns: 1000)
    #expect(ratio > 1.5 && ratio <= 2)
  }

  /// Three matrices of each group.
  @Test func matricesAreCounted() throws {
    #expect(try make("fid").work.bytes(rows: 10_000, columns: 1000) == 3 * 20 * 8 * 500_000)
    #expect(try make("fid").work.bytes(rows: 40_000, columns: 1000) == 3 * 20 * 8 * 1_000_000)
    #expect(try make("kid").work.bytes(rows: 10_000, columns: 1000) == 0)
  }

  /// Twice as many reals have a whole second set for `floor`.
  @Test func searchesAreCounted() throws {
    let metric = try make("wasserstein")
    #expect(metric.searchSteps(samples: 5000, reals: 2000) == 2e9)
    #expect(metric.searchSteps(samples: 5000, reals: 1000) == 1.125e9)
  }

  @Test func thereMustBeEnoughSamples() throws {
    let few = SampleFacts(count: 10, reals: 4, shape: [2])
    #expect(
      try make("precision_recall", "{neighbours: 5}").complaint(about: few)
        == "precision_recall with 5 neighbours needs 6 samples, but there are 4")
    #expect(
      try make("ms_ssim").complaint(about: few) == "ms_ssim needs pictures of at least 11 by 11")
  }
}
