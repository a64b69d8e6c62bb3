import Diagnostics
import Syntax

extension ExpressionEnvironment {
  /// Players whose `loss` the texts name, directly or through functions and roles.
  ///
  /// It needs no types, so it tells in which order players can be checked: `playerNetworks` of a player first, then
  /// those that name its loss. A text that is no expression names nobody; the checker reports it.
  public func playersNamed(in texts: [LocatedText]) -> Set<String> {
    var players: Set<String> = []
    var open = texts
    var seen: Set<String> = []
    while let text = open.popLast() {
      guard let syntax = try? ExpressionParser.parse(text) else { continue }
      syntax.visit { part in
        switch part.form {
        case .call("loss", let arguments):
          // Whether an entry says it is not known here; one of the two is what is meant.
          if case .name(let name)? = arguments.first?.value.form {
            for rolesFirst in [true, false] {
              if let player = player(called: name, rolesFirst: rolesFirst) {
                players.insert(player)
              }
            }
          }
        case .call(let name, _), .name(let name):
          guard seen.insert(name).inserted else { break }
          open += [functions[name], roles[name]].compactMap { $0?.body }
        case .number, .negate, .binary, .member, .list: break
        }
      }
    }
    return players
  }
}
