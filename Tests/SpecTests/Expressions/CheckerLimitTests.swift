import Diagnostics
import Spec
import Testing

/// What no machine could hold or no stack could carry is a diagnostic.
struct CheckerLimitTests {
  /// Functions that double themselves grow without bound; the checker stops early.
  @Test func explosionIsADiagnostic() {
    var environment = gameEnvironment()
    environment.functions["f0"] = .init(parameters: ["v"], body: located("v + v", file: "f"))
    environment.functions["g0"] = .init(parameters: [], body: located("mean(x)", file: "f"))
    for level in 1...60 {
      environment.functions["f\(level)"] = .init(
        parameters: ["v"], body: located("f\(level - 1)(v) + f\(level - 1)(v)", file: "f"))
      environment.functions["g\(level)"] = .init(
        parameters: [], body: located("g\(level - 1) + g\(level - 1)", file: "f"))
    }
    for source in ["mean(f60(x))", "g60"] {
      let errors = check(source, in: environment).errors
      #expect(
        errors.map(\.message) == [
          "the expression has more than 20000 terms once functions are inlined"
        ])
    }
  }

  /// A chain of functions that mention their argument more than once is as long as it looks.
  @Test func aLongArgumentIsOneValue() throws {
    var environment = gameEnvironment()
    environment.functions["f0"] = .init(parameters: ["v"], body: located("sum(v)", file: "f"))
    for level in 1...60 {
      environment.functions["f\(level)"] = .init(
        parameters: ["v"], body: located("f\(level - 1)(sigmoid(v)*v + a)", file: "f"))
    }
    environment.functions["a"] = .init(parameters: [], body: located("y", file: "f"))
    environment.functions["h"] = .init(
      parameters: ["v"], body: located("f60(v) + f60(2*v)", file: "f"))
    let result = check("norm(grad(h(p), p))", lets: ["p": "3*y"], in: environment)
    #expect(result.errors.isEmpty)
    let names = result.bindings.map(\.name)
    #expect(Set(names).count == names.count)
    #expect((10...60).contains(names.count))
  }

  /// An argument that became a value may name entries of `let`, and entries may name it.
  @Test func aLongArgumentComesBehindWhatItNames() {
    var environment = gameEnvironment()
    environment.functions["twice"] = .init(parameters: ["v"], body: located("v + v", file: "f"))
    let long = Array(repeating: "a", count: 150).joined(separator: " + ")
    let result = check(
      "mean(b)", lets: ["a": "2*x", "b": "twice(\(long))"], in: environment)
    #expect(
      result.bindings.map(\.name) == ["wgan_gp.a", "wgan_gp.twice.v#1", "wgan_gp.b"],
      "\(result.errors.map(\.message))")
  }

  /// Channels side by side that no machine holds.
  @Test func growthOfASampleIsADiagnostic() throws {
    let list = Array(repeating: "v", count: 100).joined(separator: ", ")
    var environment = gameEnvironment()
    environment.functions["wide"] = .init(
      parameters: ["v"], body: located("concat(\(list))", file: "f"))
    let result = check(
      "mean(f)",
      lets: ["a": "wide(x)", "b": "wide(a)", "c": "wide(b)", "d": "wide(c)", "f": "wide(d)"],
      in: environment)
    #expect(
      result.errors.map(\.message) == ["one sample of this, [10000000000, 28, 28], is too large"])
  }

  @Test func deepInliningIsADiagnostic() {
    var environment = gameEnvironment()
    environment.functions["f0"] = .init(parameters: ["v"], body: located("v + 1", file: "f"))
    for level in 1...1_000 {
      environment.functions["f\(level)"] = .init(
        parameters: ["v"], body: located("-f\(level - 1)(v)", file: "f"))
    }
    let errors = check("mean(f1000(x))", in: environment).errors
    #expect(
      errors.map(\.message) == [
        "the expression nests more than 300 levels deep once functions are inlined"
      ])
  }
}
