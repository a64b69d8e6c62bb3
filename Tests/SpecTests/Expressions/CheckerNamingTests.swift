import Diagnostics
import Spec
import Syntax
import Testing

struct CheckerNamingTests {
  /// Names of all draws below, in the order of the text.
  private func draws(_ value: TypedExpression?) -> [String] {
    guard let value else { return [] }
    if case .draw(_, let name) = value.term { return [name] }
    return value.operands.flatMap { draws($0) }
  }

  @Test func drawsAreNamedAfterTheirLet() {
    let result = check(
      "mean(a*b) + mean(normal(like=x) + uniform(like=x))",
      lets: ["a": "0.5*uniform(over=sample)", "b": "normal(like=x) + normal(like=x)"])
    #expect(result.bindings.map(\.name) == ["wgan_gp.a", "wgan_gp.b"])
    #expect(
      result.bindings.map { draws($0.value) } == [
        ["wgan_gp.a"], ["wgan_gp.b", "wgan_gp.b#2"],
      ])
    #expect(draws(result.value) == ["wgan_gp.value#1", "wgan_gp.value#2"])
  }

  @Test func eachCallOfAFunctionDrawsAnew() {
    let result = check("mean(noisy(x)*noisy(x))")
    #expect(draws(result.value) == ["wgan_gp.value#1", "wgan_gp.value#2"])
  }

  @Test func anArgumentDrawsOnce() {
    let result = check("mean(score(normal(like=x))*twice)", lets: ["twice": "noisy(x)"])
    #expect(draws(result.value) == ["wgan_gp.value#1"])
  }

  @Test func drawsKeepTheirParameters() {
    let result = check("mean(uniform(over=sample, low=-gamma, high=2*gamma))")
    guard case .reduce(_, let draw, _)? = result.value?.term,
      case .draw(.uniform(low: -0.5, high: 1), _) = draw.term
    else {
      Issue.record("\(String(describing: result.value?.term))")
      return
    }
  }

  @Test func freshStreamsAreNumbered() {
    let result = check("mean(fresh(x) - fresh(x)) + mean(fresh(z))")
    func names(_ value: TypedExpression) -> [String] {
      if case .freshStream(let name, let batch) = value.term { return ["\(name)@\(batch)"] }
      return value.operands.flatMap(names)
    }
    #expect(result.value.map(names) == ["x@wgan_gp", "x@wgan_gp#2", "z@wgan_gp"])
  }

  @Test func letsComeInDependencyOrderAndOnlyIfUsed() {
    let result = check(
      "c", lets: ["c": "mean(b)", "unused": "mean(x)", "b": "2*a", "a": "x - 1"])
    #expect(result.bindings.map(\.name) == ["wgan_gp.a", "wgan_gp.b", "wgan_gp.c"])
    #expect(result.diagnostics.map(\.message) == ["'unused' is never used"])
    #expect(result.diagnostics.first?.level == .warning)
    #expect(result.diagnostics.first?.span?.text == "unused")
  }

  @Test func emptyScopeHasNoDot() {
    let result = check("mean(a)", lets: ["a": "uniform(like=x)"], in: gameEnvironment(scope: ""))
    #expect(result.bindings.map(\.name) == ["a"])
    #expect(draws(result.bindings.first?.value) == ["a"])
  }

  @Test func roleStandsForItsStream() {
    let result = check("sumsq(grad(sum(score(real)), real))")
    guard case .reduce(_, let gradient, _)? = result.value?.term,
      case .gradient(_, withRespectTo: .stream("x")) = gradient.term
    else {
      Issue.record("\(String(describing: result.value?.term))")
      return
    }
  }

  @Test func renamedParametersAreTheTensors() {
    let result = check(
      "sumsq(grad(loss(discriminator), w))", lets: ["w": "params(D)"])
    guard case .reduce(_, let gradient, _)? = result.value?.term,
      case .gradient(_, withRespectTo: .parameters(["D"])) = gradient.term
    else {
      Issue.record("\(String(describing: result.value?.term))")
      return
    }
  }

  @Test func functionsDoNotSeeTheCallersLets() {
    var environment = gameEnvironment()
    environment.functions["peek"] = .init(parameters: [], body: located("a + 1", file: "functions"))
    let result = check("mean(peek*a)", lets: ["a": "2*x"], in: environment)
    #expect(result.errors.map(\.message) == ["unknown name 'a'"])
  }

  /// The prelude's own names win over those of a spec that it has never seen.
  @Test func letsOfThePreludeMayHideNames() {
    var environment = gameEnvironment()
    environment.isOfEntry = true
    let result = check(
      "mean(D(x)*z)", lets: ["z": "uniform(over=sample)"], in: environment)
    #expect(result.diagnostics.isEmpty)
    #expect(result.bindings.map(\.name) == ["wgan_gp.z"])
    let clash = check("norm(x)", lets: ["norm": "1"], in: environment)
    #expect(clash.errors.map(\.span?.text) == ["norm"])
  }

  @Test func theCallIsThePlaceOfAnInlinedValue() throws {
    let value = try #require(check("1 + penalty(x)").value)
    #expect(value.operands.map(\.span.text) == ["1", "penalty(x)"])
    #expect(value.operands[1].operands[0].span.file.name == "functions")
  }

  @Test func playersNamedThroughFunctions() {
    var environment = gameEnvironment()
    environment.functions["other"] = .init(
      parameters: ["k"], body: located("k*loss(generator)", file: "functions"))
    #expect(environment.playersNamed(in: [located("1 + other(2)")]) == ["generator"])
    #expect(environment.playersNamed(in: [located("loss(adversary, half=1)")]) == ["discriminator"])
    #expect(environment.playersNamed(in: [located("mean(D(x))"), located("1 +")]) == [])
    #expect(environment.playersNamed(in: [located("loop(x)")]) == [])
  }

  @Test func theTableDocumentsEveryFunctionOnce() {
    #expect(Set(BuiltIn.table.map(\.name)).count == BuiltIn.table.count)
    for entry in BuiltIn.table {
      #expect(entry.signature.hasPrefix(entry.name + "("))
      #expect(entry.summary.hasSuffix("."))
      #expect(BuiltIn.named(entry.name)?.signature == entry.signature)
    }
    for reduction in Reduction.allCases { #expect(BuiltIn.named(reduction.rawValue) != nil) }
  }
}
