/// What a series of numbers is.
struct SeriesKey: Hashable, Sendable {
  enum Owner: Hashable, Sendable {
    /// The run itself: its speed.
    case run
    /// What a player's step computed.
    case player(String)
    /// A metric, by its name and the digest of its protocol.
    case metric(String, protocolID: String)
  }

  var owner: Owner
  var name: String
}

/// One number of a run at some of its logged rounds.
struct Series: Sendable {
  let key: SeriesKey
  /// Indices of lines of the table, ascending.
  private(set) var rows: [Int] = []
  /// As many values, not a number where the value was not finite.
  private(set) var values: [Double] = []

  init(_ key: SeriesKey) { self.key = key }

  mutating func append(_ value: Double, row: Int) {
    rows.append(row)
    values.append(value)
  }
}
