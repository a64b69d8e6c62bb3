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
  /// Each sample is looked at by itself.
  case rows
  /// Each sample is compared with each.
  case pairs
  /// Sums of products of all features, and a decomposition of their matrix.
  case covariance

  /// About how many operations it takes for `rows` samples of both kinds of `columns` numbers each.
  package func operations(rows: Int, columns: Int) -> Double {
    let (n, d) = (Double(rows), Double(columns))
    return switch self {
    case .rows: 10 * n * d
    case .pairs: 2 * n * n * d
    // Singular values of a d x d matrix take about 20 d^3 operations (Golub and Van Loan 2013, figure 8.6.1).
    case .covariance: 2 * n * d * d + 20 * d * d * d
    }
  }
}
