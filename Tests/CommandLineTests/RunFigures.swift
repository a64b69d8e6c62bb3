import Foundation
import Testing

/// Runs of a small ring with metrics, for commands that read runs.
enum RunFigures {
  static let metrics = """
    metrics:
      - modes: {every: 5, samples: 200}
      - sliced_wasserstein: {every: 5, samples: 200, directions: 16}
      - {name: gap, value: mean(D(x)) - mean(D(G(z))), every: 10, samples: 64}

    """

  /// A place with the runs of two learning rates and three seeds, 10 rounds each.
  static func place() throws -> Workplace {
    let sweep = "sweep: {optimizer.lr: [1e-3, 1e-2], seed: {range: [0, 2]}}\n"
    let place = try Workplace(spec: Workplace.ring + metrics + sweep)
    let result = try place.run("spec.yaml", "--steps", "10")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  static let names = (0..<6).map { "runs/0000\($0)-small-ring-\($0)" }

  /// A figure of the last line of a run's metrics.
  static func last(_ metric: String, _ figure: String, of run: String, in place: Workplace) throws
    -> Double
  {
    let line = try #require(try place.lines("\(run)/metrics.jsonl").last)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let metrics = try #require(object["metrics"] as? [String: [String: Any]])
    return try #require(metrics[metric]?[figure] as? Double)
  }
}
