import Compilation
import Diagnostics
import Spec
import Testing

/// What `advas-graph --diff` sets beside what.
@Suite struct GraphComparisonTests {
  private func functions(update: String) throws -> [PortableFunction] {
    let text = """
      spec: 1
      name: game
      data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 4}}
      latent: {z: {shape: [2]}}
      networks:
        G: {input: z, layers: [linear: 3, relu, linear: 2]}
        D: {input: x, layers: [linear: 3, softplus, linear: 1]}
      objective: wgan
      optimizer: {type: sgd, lr: 1e-3}
      train: {total: 1, threads: 1, update: \(update)}
      """
    let result = SpecLoader().load(text: text)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var compiler = Compiler()
    let compiled = try compiler.compile(experiment)
    return try compiler.portableFunctions(of: compiled, player: nil)
  }

  /// Steps ahead, the end of a round and samples are each beside their own kind.
  @Test(arguments: ["alternating", "simultaneous", "extragradient"])
  func aSpecBesideItselfIsTheSame(update: String) throws {
    let made = try functions(update: update)
    let heads = GraphComparison(from: made, to: made).text.split(separator: "\n")
      .filter { $0.hasPrefix("//") }.map(String.init)
    #expect(
      heads == made.map { "// \($0.title) beside \($0.title): 0 nodes added, 0 removed" })
  }

  @Test func whatOneSpecAloneHasIsNamed() throws {
    let (plain, simultaneous) = (
      try functions(update: "alternating"), try functions(update: "simultaneous")
    )
    let more = GraphComparison(from: plain, to: simultaneous).text
    #expect(more.contains("\n// commit: of the second spec alone, "), "\(more)")
    let less = GraphComparison(from: simultaneous, to: plain).text
    #expect(less.contains("\n// commit: of the first spec alone, "), "\(less)")
  }
}
