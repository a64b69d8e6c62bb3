import Foundation
import Testing

/// `compare`: pairs, figures and what does not compare.
@Suite struct CompareTests {
  private let place: Workplace

  init() throws { place = try RunFigures.place() }

  private func compare(_ runs: [String], by key: String = "optimizer.lr", _ more: String...) throws
    -> Command.Output
  {
    try Command.run(
      Command.url("advas-run"), ["compare"] + runs + ["--by", key] + more, in: place.folder)
  }

  @Test func differencesArePairedOverSeeds() throws {
    // In any order: pairs are found by the seed.
    let names = RunFigures.names
    let result = try compare(
      [names[2], names[0], names[1], names[4], names[5], names[3]], "--json")
    #expect(result.status == 0, "\(result.error)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["seeds"] as? [String] == ["2", "0", "1"])
    let contrasts = try #require(object["contrasts"] as? [[String: Any]])
    let row = try #require(contrasts.first { $0["metric"] as? String == "sliced_wasserstein" })
    func values(_ places: [Int]) throws -> [Double] {
      try places.map {
        try RunFigures.last("sliced_wasserstein", "value", of: names[$0], in: place)
      }
    }
    let (first, second) = (try values([2, 0, 1]), try values([5, 3, 4]))
    #expect(row["first_values"] as? [Double] == first)
    #expect(row["second_values"] as? [Double] == second)
    let differences = zip(first, second).map { $1 - $0 }
    let mean = differences.reduce(0, +) / 3
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // Student's t at 0.975 with two degrees of freedom.
    let reach = 4.302652729911275 * (squares / 2 / 3).squareRoot()
    #expect(abs((row["difference"] as? Double ?? 0) - mean) < 1e-12)
    #expect(abs((row["low"] as? Double ?? 0) - (mean - reach)) < 1e-9)
    #expect(abs((row["high"] as? Double ?? 0) - (mean + reach)) < 1e-9)
    #expect(row["second_is_better_in"] as? Int == differences.count { $0 < 0 })
    #expect(!result.output.contains("\"modes\",\"figure\":\"modes\""))
  }

  @Test func theTableSaysWhatItShows() throws {
    let result = try compare(RunFigures.names)
    #expect(result.status == 0, "\(result.error)")
    #expect(
      result.output.hasPrefix(
        "optimizer.lr: 1e-2 (B) beside 1e-3 (A), 3 pairs of runs, seeds 0 1 2\n"),
      "\(result.output)")
    #expect(result.output.contains("3 pairs cannot give less than 0.25"))
    let pair = try compare([RunFigures.names[0], RunFigures.names[3]])
    #expect(pair.output.contains("One pair shows what happened once"))
    // gap is measured at round 10 only.
    let earlier = try compare(RunFigures.names, "--at", "5")
    #expect(earlier.output.contains("sliced_wasserstein"))
    #expect(!earlier.output.contains("gap"))
    let never = try compare(RunFigures.names, "--at", "7")
    #expect(never.status == 2)
    #expect(never.error.contains("no figure is measured at round 7"))
  }

  @Test func aSeedWithoutAPartnerIsLeftOut() throws {
    let result = try compare(Array(RunFigures.names.dropLast()))
    #expect(result.status == 0)
    #expect(
      result.error.contains("'\(RunFigures.names[2])' is left out: seed 2 lacks a partner"),
      "\(result.error)")
    #expect(result.output.contains("2 pairs of runs, seeds 0 1"))
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    let names = RunFigures.names
    func refusal(_ runs: [String], by key: String = "optimizer.lr", _ text: String) throws {
      let result = try compare(runs, by: key)
      #expect(result.status == 2)
      #expect(result.output == "")
      #expect(result.error.contains(text), "\(result.error)")
    }
    try refusal(Array(names[..<3]), "the runs do not differ in 'optimizer.lr'")
    try refusal(names, by: "optimizer.lrr", "did you mean 'optimizer.lr'?")
    try refusal([names[0]], "a comparison needs two runs or more")
    try refusal([names[0], "runs"], "'runs' is not the folder of a run")
    try refusal([names[0], names[4]], "no seed has a run of every value of 'optimizer.lr'")
    #expect(
      try place.run("spec.yaml", "--steps", "10", "--only", "3", "--set", "data.x.batch=32").status
        == 0)
    let batch = "runs/00006-small-ring-3"
    try refusal([names[0], batch], "differ in more than 'optimizer.lr': data.x.batch (16, 32)")
    let samples = "metrics.1.sliced_wasserstein.samples=100"
    #expect(
      try place.run("spec.yaml", "--steps", "10", "--only", "3", "--set", samples).status == 0)
    let other = "runs/00007-small-ring-3"
    try refusal([names[0], names[3], other], "both have optimizer.lr 1e-2 and seed 0")
    #expect(
      try place.run(
        "spec.yaml", "--steps", "10", "--only", "3", "--set", "regularizers.advas=null"
      ).status == 0)
    let without = "runs/00008-small-ring-3"
    try refusal([names[3], without], by: "regularizers", "what differs: --by regularizers.advas")
    try refusal([names[0], other], "figures of 'sliced_wasserstein' were made in different ways")
  }
}
