import JSON

/// The last value of each scalar that steps have computed, and its round.
///
/// A penalty that is due every so many steps, or has a step of its own, is seldom due in the round that a line of the log is
/// about; the line has its last value since the line before. A checkpoint holds all of them, so that the lines of a run that
/// goes on are those of one that never stopped.
struct LatestScalars {
  private struct Scalar {
    var name: String
    var value: Double
    var round: Int
  }

  private struct Player {
    var name: String
    /// In the order in which they were first computed.
    var scalars: [Scalar]

    mutating func take(_ scalar: Scalar) {
      if let place = scalars.firstIndex(where: { $0.name == scalar.name }) {
        scalars[place] = scalar
      } else {
        scalars.append(scalar)
      }
    }
  }

  /// In the order in which they first moved.
  private var players: [Player] = []

  init() {}

  /// Takes in what steps of `round`, counted from 1, have computed; what they have not computed stays.
  mutating func add(_ steps: [StepScalars], round: Int) {
    for step in steps {
      let place = players.firstIndex { $0.name == step.player } ?? players.count
      if place == players.count { players.append(Player(name: step.player, scalars: [])) }
      for (name, value) in step.values {
        players[place].take(Scalar(name: name, value: value, round: round))
      }
    }
  }

  /// What was computed behind `round`.
  func since(_ round: Int) -> [StepScalars] {
    players.compactMap { player -> StepScalars? in
      let recent = player.scalars.filter { $0.round > round }
      guard !recent.isEmpty else { return nil }
      return StepScalars(player: player.name, values: recent.map { ($0.name, $0.value) })
    }
  }
}

// MARK: - In a checkpoint

extension LatestScalars {
  /// Reads `{"critic":{"loss":[-0.5,200],"r1":[0.1,193]}}`, values with their rounds; what cannot be read is left out.
  init(text: String) {
    guard case .object(let members) = try? JSONParser.parse(Array(text.utf8)) else { return }
    players = members.map { member -> Player in
      guard case .object(let values) = member.value else {
        return Player(name: member.name, scalars: [])
      }
      return Player(
        name: member.name,
        scalars: values.compactMap { scalar -> Scalar? in
          guard case .list(let parts) = scalar.value, parts.count == 2,
            case .number(let value) = parts[0], case .integer(let round) = parts[1]
          else { return nil }
          return Scalar(name: scalar.name, value: value, round: round)
        })
    }
  }

  /// All up to `round`, to the last bit; nil where there are none.
  func text(upTo round: Int) -> String? {
    let members = players.compactMap { player -> JSONValue.Member? in
      let known = player.scalars.filter { $0.round <= round }
      guard !known.isEmpty else { return nil }
      return JSONValue.Member(
        player.name,
        .object(
          known.map {
            JSONValue.Member($0.name, .list([.number($0.value), .integer($0.round)]))
          }))
    }
    return members.isEmpty ? nil : JSONValue.object(members).line
  }
}
