import Compilation
import Execution
import Foundation
import Modules
import Passes
import TensorIR
import TestSupport
import Testing

/// Ranks together make the gradients and numbers of the whole batch, whatever the game.
@Suite struct RankedGameTests {
  /// Games of points as they ship, and games of images at reduced width.
  static let games: [(spec: String, settings: [String])] =
    folders.flatMap { folder, least in
      ShippedSpecFiles.paths(in: folder, atLeast: least).map { ("\(folder)/\($0)", []) }
    } + [
      ("benchmarks/specs/dcgan.yaml", ["vars.width=4", "vars.batch=8"]),
      ("specs/vae/vae28.yaml", []),
    ]

  private static let folders = [("specs/zoo", 19), ("specs/ring", 3), ("specs/examples", 12)]

  private static func functions(
    _ spec: String, _ settings: [String], ranks: Int
  ) throws -> [PortableFunction] {
    var compiler = Compiler(precision: .float64, exposes: .gradients)
    let loaded = try compiler.load(
      SpecInput(
        path: ShippedSpecFiles.repository.appending(path: spec).path, overrides: settings,
        includes: []))
    let compiled = try compiler.compile(checked: loaded)
    return try compiler.rankedFunctions(of: compiled, player: nil, ranks: ranks)
  }

  @Test(arguments: games.map(\.spec)) func gradientsAreThoseOfTheWholeBatch(spec: String) throws {
    let settings = try #require(Self.games.first { $0.spec == spec }).settings
    let whole = try Self.functions(spec, settings, ranks: 1)
    for ranks in [2, 4] {
      let parts = try Self.functions(spec, settings, ranks: ranks)
      #expect(parts.count == whole.count)
      for (whole, part) in zip(whole, parts) { try expectEqual(whole, part, ranks) }
    }
  }

  private func expectEqual(_ whole: PortableFunction, _ part: PortableFunction, _ ranks: Int) throws
  {
    try Verifier.verify(part.graph)
    let samples = whole.function.sampleInputs
    #expect(part.graph.resultsThatDiffer(samples: samples).isEmpty, "\(part.title)")
    var random = SplitMix64(seed: 1)
    let inputs = zip(whole.function.inputs, whole.graph.inputTypes).map { source, type in
      // Running variances, rates and what logarithms are taken of are positive.
      let signed = if case .variable(let name) = source { name.hasSuffix("weight") } else { false }
      return random.values(type.shape.count, in: signed ? -0.5...0.5 : 0.1...0.9)
    }
    let expected = evaluate(whole.graph, inputs: inputs)
    let together = evaluateRanks(
      part.graph,
      inputs: (0..<ranks).map { rank in
        inputs.enumerated().map { index, values in
          guard samples.contains(index) else { return values }
          let count = whole.graph.inputTypes[index].shape[0]
          return CollectiveKernel.Blocks(outer: 1, count: count, inner: values.count / count)
            .part(of: values, rank: rank, of: ranks)
        }
      })
    let gradients = whole.function.results.indices.filter { whole.function.results[$0].isGradient }
    let largest = gradients.flatMap { expected[$0] }.reduce(1e-300) { max($0, $1.magnitude) }
    for (index, target) in whole.function.results.enumerated() {
      let scale: Double
      switch target {
      case .gradient, .penaltyGradient: scale = largest
      case .scalar, .value: scale = expected[index].reduce(1) { max($0, $1.magnitude) }
      // Adam makes a whole step of a gradient that cancels to rounding, so that only what it starts from is compared.
      case .variable: continue
      }
      for rank in 0..<ranks {
        let error = largestDifference(together[rank][index], expected[index])
        #expect(error <= 1e-12 * scale, "\(part.title), \(target), \(ranks) ranks: \(error)")
      }
    }
  }

}

extension ResultTarget {
  fileprivate var isGradient: Bool {
    switch self {
    case .gradient, .penaltyGradient: true
    case .variable, .scalar, .value: false
    }
  }
}
