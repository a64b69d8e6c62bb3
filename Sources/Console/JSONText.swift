/// A JSON value to be written; members keep their order.
package enum JSONText: Sendable {
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])

  /// On one line, without spaces; JSON knows no infinities, they become null.
  package var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .text(let value): "\"\(Self.escaped(value))\""
    case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\"\(Self.escaped($0.0))\":\($0.1.text)" }.joined(separator: ",") + "}"
    }
  }

  private static func escaped(_ name: String) -> String {
    name.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\u{0}"..<"\u{20}": " "
      default: String(scalar)
      }
    }.joined()
  }
}
