/// Runs that differ in their seeds only are repetitions of each other and stand together.
struct RunGroups: Sendable {
  struct Group: Sendable {
    /// What its runs have in common and others have not: `lr 1e-4`.
    let label: String
    /// Indices of the runs.
    let members: [Int]
  }

  /// Paths in which runs differ.
  let keys: [String]
  let groups: [Group]

  init(_ runs: [Run]) {
    let specs = runs.map(\.spec)
    let keys = SpecDifference(specs).keys
    let labels = specs.map { spec in
      keys.map { "\(Self.shortened($0)) \(spec.label(of: $0, among: specs))" }
        .joined(separator: ", ")
    }
    groups = Comparison.unique(labels).map { label in
      Group(
        label: label.isEmpty ? "all runs" : label,
        members: labels.indices.filter { labels[$0] == label })
    }
    self.keys = keys
  }

  /// The group that a run is in.
  func place(of run: Int) -> Int { groups.firstIndex { $0.members.contains(run) } ?? 0 }

  /// A path without the part of the spec: `optimizer.lr` is `lr`.
  private static func shortened(_ key: String) -> String {
    let parts = key.components(by: ".")
    return parts.count > 1 ? parts.dropFirst().joined(separator: ".") : key
  }
}
