import Compilation
import Diagnostics
import Spec
import Testing

/// What `advas-graph --diff` sets beside what.
@Suite struct GraphComparisonTests {
  private func functions(update: String) throws -> [PortableFunction] {
    let experiment = try smallestGame(update: update)
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
