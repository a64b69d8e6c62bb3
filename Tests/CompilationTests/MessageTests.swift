import Compilation
import Diagnostics
import Foundation
import Modules
import Passes
import Spec
import TensorIR
import Testing

/// What two ranks send each other in every game that ships.
@Suite struct MessageTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static var specs: [String] {
    ["specs", "benchmarks/specs"].flatMap { folder -> [String] in
      let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      return (names?.compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
    }.filter { $0.hasSuffix(".yaml") && !$0.contains("/blocks/") && !$0.contains("/examples/") }
      .sorted()
  }

  /// Halves of batches need no gather; sums are few, and known before anything runs.
  @Test func messagesAreThoseOfTheGames() throws {
    let text = try Self.specs.map(messages).joined()
    let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Cases/messages.txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try text.write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: golden, encoding: .utf8) == text)
  }

  /// A line for each step of a game: messages, elements summed and gathered, and MB of float32 in one run.
  private func messages(of spec: String) throws -> String {
    let loader = SpecLoader(environment: ["CIFAR10": "/cifar", "IMAGES": "/photos"])
    let loaded = loader.load(path: Self.root.appending(path: spec).path)
    let experiment = try #require(loaded.experiment, "\(loaded.diagnostics.rendered)")
    var compiler = Compiler()
    let functions = compiler.lower(experiment).functions.filter(\.isDealt)
    return try functions.map { function in
      let samples = function.sampleInputs
      let title = "\(spec) \(function.graph.name)"
      let sizes = samples.map { function.graph.inputTypes[$0].shape[0] }
      guard sizes.allSatisfy({ $0.isMultiple(of: 2) }) else {
        return "\(title): batches of \(sizes.min() ?? 0) do not divide\n"
      }
      var pipeline = Pipeline.standard(ranks: 2, samples: samples)
      pipeline.disabled = ["layout", "fuse"]
      let traffic = RankTraffic(try pipeline.run(function.graph))
      let megabytes = Double(4 * (traffic.reduced + traffic.gathered)) / 1e6
      return "\(title): \(traffic.messages.count) messages, \(traffic.reduced) summed, "
        + "\(traffic.gathers.count) gathers, \(traffic.gathered) gathered, "
        + String(format: "%.2f MB\n", megabytes)
    }.joined()
  }
}
