import Training

/// In what specs differ, as far as it changes what a run computes.
struct SpecDifference: Sendable {
  /// Paths that do not decide a run's numbers: how long, how fast, what is written and measured when.
  private static let neutral = [
    "name", "seed", "metrics", "features", "detectors", "samples", "log", "checkpoint", "output",
    "lint",
    "train.threads", "train.memory_budget",
  ]

  /// Paths at which they differ, in the order of the first spec.
  ///
  /// One that a spec lacks as a whole stands for what is below it: `regularizers.advas`.
  let keys: [String]

  init(_ specs: [SpecValues]) {
    var paths: [String] = []
    var (asked, seen): (Set<String>, Set<String>) = ([], [])
    for leaf in specs.flatMap(\.leaves)
    where asked.insert(leaf.path).inserted && !Self.isNeutral(leaf.path, in: specs) {
      let found = specs.map { $0[leaf.path] }
      guard Set(found.map { $0?.text }).count > 1 else { continue }
      // Where all of them compute it in one way, what differs is what it is computed from.
      let isComputed = found.allSatisfy { $0?.expression != nil }
      guard !isComputed || Set(found.map { $0?.expression }).count > 1 else { continue }
      let key = Self.shortest(leaf.path, in: specs)
      if seen.insert(key).inserted { paths.append(key) }
    }
    keys = paths
  }

  private static func isNeutral(_ path: String, in specs: [SpecValues]) -> Bool {
    if path == "train.total" {
      // The length of a run changes its rounds only through schedules.
      return specs.allSatisfy { spec in
        spec.leaves.allSatisfy { !$0.path.hasSuffix(".schedule") || $0.text == "constant" }
          && !spec.leaves.contains { $0.path.contains(".schedule.") }
      }
    }
    return neutral.contains { path == $0 || path.hasPrefix($0 + ".") }
  }

  /// The shortest path above `path` that some spec lacks as a whole.
  private static func shortest(_ path: String, in specs: [SpecValues]) -> String {
    let parts = path.components(by: ".")
    for count in 2..<max(2, parts.count) {
      let prefix = parts[..<count].joined(separator: ".")
      if specs.contains(where: { $0.leaves(under: prefix).isEmpty }) { return prefix }
    }
    return path
  }
}

extension SpecValues {
  /// The value at `key` in a few words: `1e-4`, `absent`, `weight 10, every 2`.
  func label(of key: String, among others: [SpecValues]) -> String {
    let own = leaves(under: key)
    guard !own.isEmpty else { return "absent" }
    if own.count == 1, own[0].path == key { return own[0].text }
    let telling = own.filter { leaf in
      let values = others.compactMap { $0[leaf.path]?.text }
      return values.contains { $0 != leaf.text }
    }
    guard !telling.isEmpty else { return "present" }
    return telling.map { "\($0.path.dropFirst(key.count + 1)) \($0.text)" }.joined(separator: ", ")
  }
}
