import Foundation
import Testing

/// `profile`, what it writes, and what reads that.
@Suite struct ProfileTests {
  private func json(_ url: URL) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  /// Counts and costs are those of the plan, whatever times are.
  @Test func rowsAreTheStepsOfARound() throws {
    let place = try Workplace(spec: Workplace.ring)
    let result = try place.run(
      "profile", "spec.yaml", "--rounds", "2", "--out", "profile.json", "--trace", "trace.json")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains(" ms per round in kernels; this machine reaches "))
    let profile = try json(place.file("profile.json"))
    let rows = try #require(profile["rows"] as? [[Any]])
    let graphs = try Command.run(
      Command.url("advas-graph"), ["--dump", "spec.yaml", "--format", "json"], in: place.folder)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(graphs.output.utf8)) as? [String: Any])
    let functions = try #require(document["functions"] as? [[String: Any]])
    let played = functions.filter { $0["owner"] as? String != "sample" }
    // With the penalty, without it, and the generator's.
    #expect(played.count == 3)
    for function in played {
      let nodes = try #require(function["nodes"] as? [[String: Any]])
      let memory = try #require(function["memory"] as? [String: Any])
      let steps = try #require(memory["steps"] as? [Int])
      let own = rows.filter { $0[0] as? String == function["title"] as? String }
      #expect(!own.isEmpty && Set(own.compactMap { $0[1] as? Int }) == Set(steps))
      for row in own {
        let node = try #require(row[1] as? Int)
        let flop = try #require(row[7] as? Double) / (try #require(row[5] as? Double))
        #expect(abs(flop - (nodes[node]["flop"] as? Double ?? 0)) <= 1e-9 * flop)
        #expect(row[6] as? Double ?? 0 > 0)
      }
    }
    let events = try #require(try json(place.file("trace.json"))["traceEvents"] as? [[String: Any]])
    let slices = events.filter { $0["ph"] as? String == "X" && $0["tid"] as? Int == 2 }
    #expect(slices.count >= rows.count)
    // Slices follow each other without overlap.
    let ends = slices.map { ($0["ts"] as? Double ?? -1) + ($0["dur"] as? Double ?? -1) }
    for (end, next) in zip(ends, slices.dropFirst()) {
      #expect(next["ts"] as? Double ?? -1 >= end - 1e-6)
    }
  }

  /// A function that goes through its samples in pieces runs once, and not once for each of them.
  @Test func aTraceHasTheRunsOfFunctions() throws {
    let place = try Workplace(spec: Workplace.ring)
    func runs(_ settings: String...) throws -> [String] {
      let words = ["profile", "spec.yaml", "--rounds", "1", "--trace", "trace.json"] + settings
      let result = try Command.run(Command.url("advas-run"), words, in: place.folder)
      #expect(result.status == 0, "\(result.error)")
      let trace = try json(place.file("trace.json"))
      return try #require(trace["traceEvents"] as? [[String: Any]])
        .filter { $0["ph"] as? String == "X" && $0["tid"] as? Int == 1 }
        .compactMap { $0["name"] as? String }
    }
    #expect(try runs() == runs("--set", "train.microbatch=1"))
    #expect(try runs("--set", "players.discriminator.steps=4").count == runs().count + 2)
  }

  @Test func aPageTakesTheProfileOfItsGraphsOnly() throws {
    let place = try Workplace(spec: Workplace.ring)
    #expect(try place.run("profile", "spec.yaml", "--rounds", "1", "--out", "p.json").status == 0)
    let graph = Command.url("advas-graph")
    let arguments = ["--dump", "spec.yaml", "--format", "html", "--profile", "p.json"]
    let page = try Command.run(graph, arguments, in: place.folder)
    #expect(page.status == 0, "\(page.error)")
    #expect(page.output.contains("\"gflops\":"))
    let other = try Command.run(graph, arguments + ["--set", "data.x.batch=12"], in: place.folder)
    #expect(other.status == 2)
    #expect(other.error.contains("the profile is of other graphs"), "\(other.error)")
  }

  @Test func aProfileBesideItselfIsTheSame() throws {
    let place = try Workplace(spec: Workplace.ring)
    #expect(try place.run("profile", "spec.yaml", "--rounds", "1", "--out", "p.json").status == 0)
    let result = try place.run("profile", "--compare", "p.json", "p.json")
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    // The head, what the layers cost, and the sum.
    try #require(lines.count > 2)
    #expect(lines[0].hasPrefix("layer"))
    #expect(lines.dropFirst().allSatisfy { $0.hasSuffix(" +0.000   1.00") }, "\(result.output)")
    let profile = try String(contentsOf: place.file("p.json"), encoding: .utf8)
    try profile.replacingOccurrences(of: "small ring", with: "large ring")
      .write(to: place.file("q.json"), atomically: true, encoding: .utf8)
    let other = try place.run("profile", "--compare", "p.json", "q.json")
    #expect(
      other.output.hasPrefix("note: the old one is of 'small ring', the new one of 'large ring'\n"))
  }

  @Test(arguments: [
    "--out a.json", "--rounds 3", "--set seed=3", "--seed 3", "--only 1",
    "--disable-pass shared-sweeps",
  ])
  func aProfileIsNotMeasuredAgain(option: String) throws {
    let place = try Workplace(spec: Workplace.ring)
    let words = option.split(separator: " ").map(String.init)
    let result = try Command.run(
      Command.url("advas-run"), ["profile", "old.json"] + words, in: place.folder)
    #expect(result.status == 64)
    #expect(result.error.contains("\(words[0]) is about measuring"), "\(result.error)")
  }

  @Test(arguments: [
    ("no.json", "", "no.json"), ("text.json", "hello", "it is not JSON"),
    ("list.json", "[1]", "it is no profile"),
    ("old.json", "{\"format\":\"advas profile\",\"version\":0}", "of another version"),
    (
      "cut.json", "{\"format\":\"advas profile\",\"version\":1,\"columns\":[]}",
      "of another version"
    ),
  ])
  func whatIsNoProfile(name: String, text: String, message: String) throws {
    let place = try Workplace(spec: Workplace.ring)
    if !text.isEmpty { try text.write(to: place.file(name), atomically: true, encoding: .utf8) }
    let result = try place.run("profile", name)
    #expect(result.status == 2)
    #expect(result.error.contains(message), "\(result.error)")
    let page = try Command.run(
      Command.url("advas-graph"),
      ["--dump", "spec.yaml", "--format", "html", "--profile", name], in: place.folder)
    #expect(page.status == 2)
  }
}

/// What `check` says of times before anything runs.
@Suite struct RoundEstimateTests {
  /// Ten times the rounds take ten times as long; how long depends on the machine.
  @Test func timesGrowWithRounds() throws {
    let place = try Workplace(spec: Workplace.ring)
    let result = try place.run("check", "spec.yaml", "--steps", "1000000")
    #expect(result.status == 0, "\(result.error)")
    let line = try #require(
      result.output.split(separator: "\n").first { $0.contains(" a round on 1 thread, ") })
    #expect(line.contains("1,000,000 rounds in "), "\(line)")
    #expect(line.hasSuffix("speed now, mostly within 25 %)"))
    let words = line.split(separator: " ")
    #expect(Double(words[1]).map { $0 > 0 } == true)
    let reference = try place.run("check", "spec.yaml", "--precision", "float64")
    #expect(!reference.output.contains(" a round on "))
  }
}
