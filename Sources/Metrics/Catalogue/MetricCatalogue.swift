/// Every metric that has a name.
package enum MetricCatalogue {
  package static let all: [any Metric.Type] = [
    FID.self, FIDInfinity.self, KID.self, PrecisionRecall.self, DensityCoverage.self,
    ClassScoreMetric.self, ClassHistogram.self, Vendi.self, SlicedWassersteinMetric.self,
    EnergyDistanceMetric.self, RBFMMD.self, MSSSIM.self, DiversityMetric.self, CopiesMetric.self,
    TwoSampleTestMetric.self, Modes.self, DensityDivergenceMetric.self,
    ExactWassersteinMetric.self,
  ]

  /// What each says of itself.
  package static let declarations: [MetricDeclaration] = all.map { $0.declaration }

  /// The metric that a spec calls `name`.
  package static func named(_ name: String) -> (any Metric.Type)? { byName[name] }

  package static let names: [String] = byName.keys.sorted()

  /// What other libraries call metrics, by those names in lower case.
  package static let synonyms: [String: [String]] = all.reduce(into: [:]) { result, type in
    for synonym in type.declaration.synonyms {
      result[synonym, default: []].append(type.declaration.name)
    }
  }

  private static let byName = Dictionary(all.map { ($0.declaration.name, $0) }) { first, _ in
    preconditionFailure("two metrics are called '\(first.declaration.name)'")
  }
}

/// How the work of a metric grows with the samples that it sees.
package enum MetricWork: Sendable {
  /// Each sample is looked at by itself, with so many operations on each of its numbers.
  case rows(operations: Double)
  /// Each sample is compared with each.
  case pairs
  /// Each sample is compared with those of its block, which has so many reals and as many generated ones; nil for a tenth
  /// of them, at most 1000.
  case blocks(of: Int?)
  /// Sums of products of all features, and decompositions of their matrices, of which so many are `kept` at once, each of
  /// one of `parts` of the samples.
  case covariance(decompositions: Int, kept: Int, parts: Int = 1)

  /// About how many operations it takes for `rows` samples of both kinds of `columns` numbers each.
  package func operations(rows: Int, columns: Int) -> Double {
    let (n, d) = (Double(rows), Double(columns))
    switch self {
    case .rows(let each): return each * n * d
    case .pairs: return 2 * n * n * d
    case .blocks(let size):
      let block = size.map { 2 * Double($0) } ?? min(2000, n / 10)
      return 2 * n * min(n, block) * d
    // Factors are triangles of r rows, and so is what is decomposed: its singular values take about 20 r^3 operations
    // (Golub and Van Loan 2013, figure 8.6.1), the product 2 r^2 d, each of about four triangles before it 10/3 r^2 d.
    case .covariance(let decompositions, _, _):
      let r = min(n, d)
      return 2 * n * d * r + Double(decompositions) * r * r * (20 * r + 16 * d)
    }
  }

  /// About how much memory the same takes beside the samples, in bytes.
  package func bytes(rows: Int, columns: Int) -> Int {
    switch self {
    case .rows, .pairs, .blocks: 0
    case .covariance(_, let kept, let parts): 8 * kept * min(rows / parts, columns) * columns
    }
  }
}
