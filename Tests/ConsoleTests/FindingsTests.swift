import JSON
import Testing

@testable import Console

/// What commands find, as people and as programs read it.
@Suite struct FindingsTests {
  private var sample: Findings {
    var table = FindingsTable([
      .words("step", "step"), .numbers("ms", "milliseconds"), .hidden("passes"), .words("", "note"),
    ])
    table.add([.text("first"), .number(12.345, "%.1f"), .init("", .boolean(true)), .nothing()])
    table.add([
      .text("second"), .nothing("-"), .init("", .boolean(false)), .init("TOO FAR", .text("far")),
    ])
    var player = Findings("player D: 2 steps")
    player.add(("name", .text("D")), ("steps", .integer(2)))
    player.add(line: "batches of 4", ("batch", .integer(4)))
    var findings = Findings("game: 20 rounds")
    findings.add(("rounds", .integer(20)))
    findings.add("players", list: [player])
    findings.add("losses", list: [])
    findings.add("steps", table: table)
    findings.add(line: "")
    var best = Findings()
    best.add(line: "the first is faster", ("step", .text("first")))
    findings.add("best", best)
    return findings
  }

  @Test func peopleReadLines() {
    let text = """
      game: 20 rounds
        player D: 2 steps
          batches of 4
        step      ms
        first   12.3
        second     -  TOO FAR

        the first is faster

      """
    #expect(sample.text == text)
  }

  @Test func programsReadTheSameValues() {
    let players = #"[{"name":"D","steps":2,"batch":4}]"#
    let first = #"{"step":"first","milliseconds":12.345,"passes":true,"note":null}"#
    let second = #"{"step":"second","milliseconds":null,"passes":false,"note":"far"}"#
    #expect(
      sample.json
        == "{\"rounds\":20,\"players\":\(players),\"losses\":[],\"steps\":[\(first),\(second)],"
        + "\"best\":{\"step\":\"first\"}}\n")
  }
}
