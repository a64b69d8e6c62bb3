import Diagnostics
import Foundation
import Spec
import Syntax
import Testing

/// Objectives and regularizers of the literature, as a prelude would write them.
struct LiteratureTests {
  @Test(
    arguments: [
      // Objectives: ns, hinge, least squares, relativistic average, MMD with five kernels, unbiased.
      ("mean(softplus(-score(real))) + mean(softplus(score(fake)))", [:], 0),
      ("mean(relu(1 - score(real))) + mean(relu(1 + score(fake)))", [:], 0),
      ("0.5*mean((score(real) - 1)^2) + 0.5*mean(score(fake)^2)", [:], 0),
      (
        "mean(softplus(-(r - mean(f)))) + mean(softplus(f - mean(r)))",
        ["r": "score(real)", "f": "score(fake)"], 0
      ),
      (
        "mean(kernels(score(real), score(real)), over=distinct)"
          + " + mean(kernels(score(fake), score(fake)), over=distinct)"
          + " - 2*mean(kernels(score(real), score(fake)))", [:], 0
      ),
      ("mean((1 + sqdist(score(real), score(fake))/2)^(-0.5))", [:], 0),
      // f-GAN: Jeffrey, weighted Jensen-Shannon, alpha below 1.
      (
        "mean(w + 1/w + score(fake) - 2) - mean(score(real))",
        ["w": "wright_omega(1 - score(fake))"], 0
      ),
      ("mean(0.7*log(0.7/(1 - sigmoid(score(fake))^(1/0.3))))", [:], 0),
      ("mean(2*(((1 - 0.5)*softplus(-score(fake)))^(0.5/(0.5 - 1)) - 1))", [:], 0),
      // Penalties: R1, max-GP, Roth, DRAGAN, path length, LeCam, orthogonal, Nagarajan-Kolter, consensus.
      ("gamma/2*mean(sumsq(grad(sum(score(real)), real), over=sample))", [:], 1),
      ("max(sumsq(grad(sum(score(real)), real), over=sample))", [:], 1),
      (
        "gamma/2*mean((1 - sigmoid(score(real)))^2*sumsq(grad(sum(score(real)), real), over=sample))",
        [:], 1
      ),
      (
        "mean((norm(grad(sum(score(xh)), xh), over=sample) - 1)^2)",
        [
          "noise": "0.5*sqrt(var(real))*uniform(like=real)",
          "xh": "detach(real + uniform(over=sample)*noise)",
        ], 1
      ),
      (
        "mean((l - ema(mean(l), 0.99))^2)",
        [
          "n": "normal(like=fake)/sqrt(count(fake, over=channel))",
          "l": "norm(grad(sum(fake*n), z), over=sample)",
        ], 1
      ),
      (
        "mean(relu(score(real) - ema(mean(score(fake)), 0.9))^2)"
          + " + mean(relu(ema(mean(score(real)), 0.9) - score(fake))^2)", [:], 0
      ),
      ("orthogonality(params(critic)) + orthogonality(params(G), diagonal=true)", [:], 0),
      ("sumsq(grad(loss(adversary), params(adversary)))", [:], 1),
      (
        "0.5*(sumsq(grad(loss(discriminator), params(D))) + sumsq(grad(loss(generator), params(G))))",
        [:], 1
      ),
    ] as [(String, KeyValuePairs<String, String>, Int)])
  func typesAsANumber(value: String, lets: KeyValuePairs<String, String>, order: Int) {
    var environment = gameEnvironment()
    environment.functions["kernels"] = .init(
      parameters: ["a", "b"],
      body: located("exp(-sqdist(a, b)/2) + exp(-sqdist(a, b)/8)", file: "functions"))
    let result = check(value, lets: lets, in: environment)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics.map(\.rendered))")
    #expect(result.value?.type == .scalar)
    #expect(result.value?.derivativeOrder == order)
  }

  @Test(arguments: [
    Fault(
      "sqdist(x, x)", "expected a number, found one number per pair of samples", at: "sqdist",
      hint: "take mean(...)"),
    Fault(
      "mean(sqdist(x, z))",
      "'sqdist' expects equal shapes, found one value per sample of shape [1, 28, 28] and one value per sample of shape [128]",
      at: "sqdist"),
    Fault("mean(sqdist(x, 1))", "'sqdist' expects one value per sample, found a number", at: "1"),
    Fault(
      "mean(sqdist(x, x) + s)",
      "'+' cannot join one number per pair of samples with one number per sample", at: "+",
      hint: "reduce one of them to a number"),
    Fault(
      "mean(x, over=distinct)",
      "'over=distinct' expects one number per pair of samples, found one value per sample of shape [1, 28, 28]",
      at: "distinct", hint: "sqdist(a, b) gives pairs"),
    Fault(
      "max(sqdist(x, x), over=distinct)",
      "'over' of 'max' expects sample or channel, found 'distinct'", at: "distinct",
      hint: "max(v, over=sample|channel, half=1|2) or max(a, b)"),
    Fault(
      "mean(ema(x, 0.9))",
      "'ema' averages a number, found one value per sample of shape [1, 28, 28]", at: "x",
      hint: "take mean(...)"),
    Fault(
      "ema(mean(x), 1)", "'decay' expects a number from 0 to below 1, found 1", at: "1",
      hint: "0.99 remembers about 100 steps"),
    Fault(
      "ema(mean(x), mean(s))",
      "'decay' expects a number, found a number that is known only during the run", at: "mean"),
    Fault(
      "norm(grad(ema(mean(x), 0.9), x))",
      "the value does not depend on 'x', so its gradient is 0 everywhere", at: "x",
      hint: "it is a constant"),
    Fault(
      "orthogonality(x)",
      "'orthogonality' expects params(...), found one value per sample of shape [1, 28, 28]",
      at: "x"),
    Fault("orthogonality(params(D), diagonal=1)", "'diagonal' expects true or false", at: "1"),
    Fault("count(2)", "'count' expects one value per sample, found a number", at: "2"),
    Fault("lambertw(-1)", "the logarithm of a negative number does not exist", at: "lambertw"),
  ])
  func faults(fault: Fault) throws {
    let result = check(fault.source)
    let error = try #require(result.errors.first)
    #expect(result.errors.count == 1)
    #expect(error.message == fault.message)
    #expect(error.span?.text == fault.at)
    #expect(error.hint == fault.hint)
  }

  @Test func averagesAreNamedApartFromDraws() {
    let result = check(
      "a + ema(mean(x), 0.5) + mean(normal(like=x))",
      lets: ["a": "ema(mean(x*normal(like=x)), 0.9)"])
    func names(_ value: TypedExpression) -> [String] {
      let below = value.operands.flatMap(names)
      if case .ema(_, _, let name) = value.term { return ["ema \(name)"] + below }
      if case .draw(_, let name) = value.term { return ["draw \(name)"] + below }
      return below
    }
    #expect(result.bindings.flatMap { names($0.value) } == ["ema wgan_gp.a", "draw wgan_gp.a"])
    #expect(result.value.map(names) == ["ema wgan_gp.value#1", "draw wgan_gp.value#1"])
  }

  @Test func countsFold() {
    for (text, expected) in [
      ("count(x)", 784), ("count(x, over=channel)", 784), ("count(y)", 10), ("count(s)", 1),
    ] as [(String, Double)] {
      guard case .number(expected)? = check(text).value?.term else {
        Issue.record("\(text)")
        continue
      }
    }
  }

  /// ω + log ω = x over the range in which float64 can tell.
  @Test(arguments: [-700.0, -50, -39.9, -10, -1, 0, 0.5, 1, 2, 10, 1e3, 1e10])
  func wrightOmegaSolvesItsEquation(x: Double) {
    let omega = UnaryFunction.wrightOmega.evaluate(x)
    #expect(omega > 0)
    #expect(abs(omega + log(omega) - x) <= 4e-15 * max(1, abs(x)))
  }
}
