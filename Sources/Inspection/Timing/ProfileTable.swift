import Compilation
import Console

/// A profile summed up by layer, kernel and order of derivative.
public struct ProfileTable {
  /// What one line sums up.
  struct Key: Hashable {
    let layer: String
    let kernel: String
    let order: Int
  }

  struct Cost {
    var milliseconds = 0.0
    var operations = 0.0
    var bytes = 0.0
    var calls = 0.0
  }

  let costs: [Key: Cost]
  let profile: MeasuredProfile

  public init(_ profile: MeasuredProfile) {
    var costs: [Key: Cost] = [:]
    for row in profile.rows {
      let key = Key(layer: row.layer, kernel: row.kernel, order: row.order)
      costs[key, default: Cost()].milliseconds += row.milliseconds
      costs[key, default: Cost()].operations += row.operations
      costs[key, default: Cost()].bytes += row.bytes
      costs[key, default: Cost()].calls += row.calls
    }
    self.costs = costs
    self.profile = profile
  }

  /// Most time first; figures are per round.
  ///
  /// `GF/s` counts dense operations of products and convolutions and one per element and scalar
  /// instruction elsewhere; `peak` is its share of what the slower of the machine's ceilings allows.
  public var text: String {
    var table = TextTable([
      ("layer", .left), ("kernel", .left), ("order", .right), ("calls", .right), ("ms", .right),
      ("share", .right), ("GF/s", .right), ("GB/s", .right), ("peak", .right),
    ])
    let total = profile.milliseconds
    for (key, cost) in costs.sorted(by: {
      ($1.value.milliseconds, $0.key.layer) < ($0.value.milliseconds, $1.key.layer)
    }) {
      let seconds = max(cost.milliseconds / 1000, 1e-12)
      table.add([
        key.layer, key.kernel, String(key.order), formatted("%.0f", cost.calls),
        formatted("%.3f", cost.milliseconds),
        formatted("%.1f%%", 100 * cost.milliseconds / max(total, 1e-12)),
        formatted("%.1f", cost.operations / seconds / 1e9),
        formatted("%.1f", cost.bytes / seconds / 1e9),
        formatted("%.0f%%", 100 * profile.ceiling.least(cost.operations, cost.bytes) / seconds),
      ])
    }
    return table.text + formatted("%.3f", total) + " ms per round in kernels; this machine reaches "
      + formatted("%.0f GF/s", profile.ceiling.gigaflops) + " in a large product and "
      + formatted("%.0f GB/s", profile.ceiling.gigabytes) + " in a sum of long vectors\n"
  }
}

extension MeasuredProfile.Ceiling {
  /// Seconds that so many operations and bytes take at least: the roofline (Williams, Waterman and Patterson 2009).
  func least(_ operations: Double, _ bytes: Double) -> Double {
    max(operations / (gigaflops * 1e9), bytes / (gigabytes * 1e9))
  }
}
