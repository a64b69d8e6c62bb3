import Compilation
import GameSupport
import Testing

@testable import Training

/// Random values that expressions draw, in whole steps.
@Suite struct DrawTests {
  /// `over=batch` draws one number for all samples, which the graph then sees, in either engine.
  @Test(arguments: [Compiler.Precision.float32, .float64])
  func oneNumberForTheBatch(precision: Compiler.Precision) throws {
    let trainer = try Trainer(
      compile(
        regularizers: """
          [{name: u, player: generator, let: {r: "uniform(over=batch, low=2, high=3)"}, value: "r + 0*mean(G(z))"},
           {name: n, player: generator, let: {r: normal(over=batch)}, value: "mean(r*z - z*r) + r"}]
          """, precision: precision))
    var seen: [Double] = []
    for _ in 0..<2 {
      let log = DrawLog()
      let report = try trainer.runRound(observer: log)
      for name in ["u", "n"] {
        let drawn = try #require(log.draws.first { $0.key.hasSuffix("/\(name).r") }?.value)
        let value = try #require(report.flatMap(\.values).first { $0.name == name }?.value)
        #expect(drawn.map { Double($0) } == [value])
        seen.append(value)
      }
    }
    #expect(Set(seen).count == 4)
    #expect([seen[0], seen[2]].allSatisfy { (2..<3).contains($0) })
  }
}
