import Compilation
import Console
import JSON

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
  public var findings: Findings {
    var table = FindingsTable([
      .words("layer", "layer"), .words("kernel", "kernel"), .numbers("order", "order"),
      .numbers("calls", "calls"), .numbers("ms", "milliseconds"), .numbers("share", "share"),
      .numbers("GF/s", "gigaflops"), .numbers("GB/s", "gigabytes"), .numbers("peak", "peak"),
    ])
    let total = profile.milliseconds
    for (key, cost) in costs.sorted(by: {
      ($1.value.milliseconds, $0.key.layer, $0.key.kernel, $0.key.order)
        < ($0.value.milliseconds, $1.key.layer, $1.key.kernel, $1.key.order)
    }) {
      let seconds = max(cost.milliseconds / 1000, 1e-12)
      let share = cost.milliseconds / max(total, 1e-12)
      let peak = profile.ceiling.least(cost.operations, cost.bytes) / seconds
      table.add([
        .text(key.layer), .text(key.kernel), .integer(key.order),
        .number(cost.calls, cost.calls == cost.calls.rounded() ? "%.0f" : "%.2f"),
        .number(cost.milliseconds, "%.3f"), .percent(share, "%.1f%%"),
        .number(cost.operations / seconds / 1e9, "%.1f"),
        .number(cost.bytes / seconds / 1e9, "%.1f"), .percent(peak, "%.0f%%"),
      ])
    }
    let (gigaflops, gigabytes) = (profile.ceiling.gigaflops, profile.ceiling.gigabytes)
    var findings = Findings()
    findings.add("costs", table: table)
    findings.add(
      line: formatted("%.3f", total) + " ms per round in kernels; this machine reaches "
        + formatted("%.0f GF/s", gigaflops) + " in a large product and "
        + formatted("%.0f GB/s", gigabytes) + " in a sum of long vectors",
      ("milliseconds", .number(total)), ("threads", .integer(profile.threads)),
      ("ceiling", .object([("gigaflops", .number(gigaflops)), ("gigabytes", .number(gigabytes))])))
    return findings
  }
}

extension FindingsTable.Cell {
  /// A share of 1, in percent for people.
  fileprivate static func percent(_ share: Double, _ format: String) -> Self {
    .init(formatted(format, 100 * share), .number(share))
  }
}

extension MeasuredProfile.Ceiling {
  /// Seconds that so many operations and bytes take at least: the roofline (Williams, Waterman and Patterson 2009).
  func least(_ operations: Double, _ bytes: Double) -> Double {
    max(operations / (gigaflops * 1e9), bytes / (gigabytes * 1e9))
  }
}
