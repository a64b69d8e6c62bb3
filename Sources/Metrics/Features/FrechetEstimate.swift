/// Statistics of a known number of rows and of groups of them, for an estimate of how far chance moves a distance.
public struct GroupedStatistics: Sendable {
  /// Rows that will come.
  public let expected: Int
  let groups: Int
  private var closed: [Moments] = []
  private var open: FeatureStatistics

  /// Statistics of `count` rows of `dimension` features in `groups` groups of neighbours, as equal as can be.
  public init(dimension: Int, count: Int, groups: Int = 20) {
    expected = count
    self.groups = max(1, min(groups, count / 2))
    open = FeatureStatistics(dimension: dimension)
  }

  /// The statistics of `rows`.
  public init(_ rows: Matrix, groups: Int = 20, _ workers: Workers) {
    self.init(dimension: rows.columns, count: rows.rows, groups: groups)
    add(rows, workers)
  }

  /// Rows seen.
  public var count: Int { closed.reduce(open.count) { $0 + $1.count } }

  /// Adds rows; those beyond the expected number stay out.
  public mutating func add(_ rows: Matrix, _ workers: Workers) {
    var start = 0
    while start < rows.rows, closed.count < groups {
      let bound = (closed.count + 1) * expected / groups - closed.count * expected / groups
      let end = min(rows.rows, start + bound - open.count)
      open.add(rows.rows(start..<end), workers)
      start = end
      if open.count == bound {
        closed.append(open.moments)
        open = FeatureStatistics(dimension: open.dimension)
      }
    }
  }

  /// The moments of each group.
  var parts: [Moments] { open.count == 0 ? closed : closed + [open.moments] }

  /// The moments of all rows.
  var moments: Moments {
    parts.reduce(into: Moments(dimension: open.dimension)) { $0.merge($1) }
  }

  /// What `body` makes of the moments of all rows but those of one group, for each group.
  ///
  /// Moments are as large as a covariance: those without a group are there while `body` looks at them only.
  func mapWithoutOne<Result: Sendable>(
    _ workers: Workers, _ body: @Sendable (Moments) -> Result
  ) -> [Result] {
    let parts = parts
    var before = [Moments(dimension: open.dimension)]
    for part in parts.dropLast() {
      var next = before[before.count - 1]
      next.merge(part)
      before.append(next)
    }
    var after = [Moments(dimension: open.dimension)]
    for part in parts.dropFirst().reversed() {
      var next = part
      next.merge(after[after.count - 1])
      after.append(next)
    }
    let (left, right) = (before, after)
    return workers.map(parts.count) { index in
      var moments = left[index]
      moments.merge(right[parts.count - 1 - index])
      return body(moments)
    }
  }
}

/// A Fréchet distance with what chance does to it.
public struct FrechetEstimate: Hashable, Sendable {
  /// The distance of the samples: FID.
  public var value: Double
  /// What a perfect generator would get of so many samples.
  public var floor: Double
  /// Standard error by the jackknife over groups of generated samples.
  ///
  /// How far other samples of the same generator would move the value; other seeds of training move it further.
  public var spread: Double
  /// What the value tends to with ever more generated samples, by the jackknife (Quenouille 1956).
  public var unbiased: Double
  /// 95 % of such intervals hold the distance of the generator, not of its samples, from these reals.
  public var interval: ClosedRange<Double>

  /// Compares generated samples with reals.
  public init(
    reals: FeatureStatistics, generated: GroupedStatistics, _ workers: Workers
  ) {
    self.init(reals: reals.moments, generated: generated, workers)
  }

  init(reals: Moments, generated: GroupedStatistics, _ workers: Workers) {
    let all = generated.moments
    value = FrechetDistance.distance(reals, all)
    floor = FrechetDistance.floor(
      spectrum: reals.count > 1 ? reals.spectrum : [], count: all.count, otherCount: reals.count)
    let partial = generated.mapWithoutOne(workers) { FrechetDistance.distance(reals, $0) }
    let jackknife = Jackknife(value, leavingOneOut: partial)
    spread = jackknife.standardError
    unbiased = jackknife.unbiased
    interval = jackknife.interval
  }
}

/// Bias and standard error of a figure from its values without each group of samples (Tukey 1958).
struct Jackknife {
  /// The figure less its bias of order 1/n.
  let unbiased: Double
  let standardError: Double
  private let groups: Int

  init(_ value: Double, leavingOneOut values: [Double]) {
    groups = values.count
    let count = Double(groups)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    unbiased = count * value - (count - 1) * mean
    standardError = groups > 1 ? (squares * (count - 1) / count).squareRoot() : .nan
  }

  /// The 95 % interval by Student's t.
  var interval: ClosedRange<Double> {
    guard standardError.isFinite, groups > 1 else { return -.infinity ... .infinity }
    let reach = StudentT.quantile(0.975, degrees: Double(groups - 1)) * standardError
    return unbiased - reach...unbiased + reach
  }
}
