import Foundation
import JSON
import Testing

/// Numbers of a run for other programs.
@Suite struct ExportTests {
  private static let run = "runs/00000-small-ring"
  private static let spec =
    Workplace.ring
    + "metrics: [{modes: {every: 10, samples: 50}}, {name: lost, value: log(0*mean(x)), samples: 1}]\n"

  /// The cells of a table without quotes.
  private func cells(_ text: String) -> [[String]] {
    text.components(separatedBy: "\r\n").filter { !$0.isEmpty }.map {
      $0.components(separatedBy: ",")
    }
  }

  /// The numbers of a line by the titles of their columns; not a number where it was not finite.
  private func numbers(in value: JSONValue, at path: [String] = []) -> [String: Double] {
    // A figure without a name of its own has its metric's.
    let title = path.filter { $0 != "metrics" && $0 != "value" }.joined(separator: ".")
    switch value {
    case .integer(let number): return [title: Double(number)]
    case .number(let number): return [title: number]
    case .null: return [title: .nan]
    case .object(let members):
      return members.reduce(into: [:]) { all, member in
        all.merge(numbers(in: member.value, at: path + [member.name])) { _, last in last }
      }
    case .boolean, .text, .list: return [:]
    }
  }

  @Test func everyNumberStandsInTheTable() throws {
    let place = try Workplace(spec: Self.spec)
    #expect(try place.run("spec.yaml").status == 0)
    let result = try place.run("export", Self.run)
    #expect(result.status == 0, "\(result.error)")
    let table = cells(result.output)
    let texts = try place.lines("\(Self.run)/metrics.jsonl")
    #expect(table.count == texts.count + 1)
    #expect(table[0].starts(with: ["round", "seconds"]))
    for (row, text) in zip(table.dropFirst(), texts) {
      #expect(row.count == table[0].count)
      let values = Dictionary(uniqueKeysWithValues: zip(table[0], row))
      // As text, whatever reads numbers.
      let loss = try #require(values["generator.loss"])
      #expect(text.contains("\"generator\":{\"loss\":\(loss),"), "\(loss) in \(text)")
      let numbers = numbers(in: try JSONParser.parse(Array(text.utf8)))
      #expect(row.filter { !$0.isEmpty }.count == numbers.count)
      for (title, number) in numbers {
        let cell = try #require(values[title], "\(title)")
        #expect(number.isNaN ? cell == "nan" : Double(cell) == number, "\(title) in \(text)")
      }
    }
    let last = try #require(table.last)
    #expect(last[try #require(table[0].firstIndex(of: "lost"))] == "nan")
    let written = try place.run("export", Self.run, "-o", "table.csv")
    #expect(written.status == 0 && written.output.isEmpty, "\(written.error)")
    #expect(
      try String(contentsOf: place.file("table.csv"), encoding: .utf8) == result.output)
    #expect(try place.run("export", "nowhere").status == 2)
    let checkpoint = try place.run("export", "\(Self.run)/checkpoint-000020.safetensors")
    #expect(checkpoint.status == 64 && checkpoint.error.contains("name its folder"))
  }

  /// A file for each part of a run; the key changes nothing that a checkpoint depends on.
  @Test func aRunFollowsItselfForTensorBoard() throws {
    let place = try Workplace(spec: Self.spec)
    #expect(
      try place.run("spec.yaml", "--steps", "10", "--set", "log.tensorboard=true").status == 0)
    #expect(try place.run("resume", Self.run, "--steps", "20").status == 0)
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: place.file(Self.run).path)
        .filter { $0.hasPrefix("events.out.tfevents.") }
    }
    #expect(try files().count == 2)
  }
}
