import Compilation
import Passes
import Spec
import Testing

/// What the compiler tells of its stages.
@Suite struct CompilerStageTests {
  /// A page says in words what each pass is for.
  @Test func everyPassHasASummary() {
    let names = Pipeline.standard(ranks: 2, samples: []).passNames
    #expect(names.contains("partition") && names.contains("fuse"))
    for name in names { #expect(Compiler.summary(ofPass: name)?.isEmpty == false, "\(name)") }
    #expect(Compiler.summary(ofPass: "nothing") == nil)
  }

  /// A round that does not fit as one graph is compiled again, step by step; each phase still has one entry.
  @Test func phasesAreNamedOnce() throws {
    let experiment = try smallestGame()
    var compiler = Compiler()
    _ = try compiler.compile(experiment)
    let again = try compiler.compile(experiment)
    #expect(again.timings.map(\.phase) == ["lower", "optimize", "plan"])
  }
}
