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
          if case .name(let name)? = arguments.first?.value.form, let player = player(called: name)
          {
            players.insert(player)
          }
        case .call(let name, _), .name(let name):
          if let function = functions[name], seen.insert(name).inserted {
            open.append(function.body)
          }
        case .number, .negate, .binary, .list: break
        }
      }
    }
    return players
  }
}
