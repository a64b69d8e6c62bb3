import Diagnostics
import Spec
import Syntax
import Testing

struct CheckerTypeTests {
  /// The type of a value, seen through a `let` that holds it.
  private func type(of text: String) -> (type: ValueType?, order: Int?, networks: Set<String>?) {
    let number = check("sumsq(probe)", lets: ["probe": text])
    let result = number.value == nil ? check("probe + 0", lets: ["probe": text]) : number
    let probe = result.bindings.first?.value
    #expect(probe != nil, "\(result.diagnostics.map(\.rendered))")
    return (probe?.type, probe?.derivativeOrder, probe?.networks)
  }

  @Test(
    arguments: [
      ("x", .perSample([1, 28, 28])),
      ("D(x)", .perSample([1])),
      ("D(x) - D(G(z))", .perSample([1])),
      ("D(x) + s", .perSample([])),
      ("s*x", .perSample([1, 28, 28])),
      ("x*D(x)", .perSample([1, 28, 28])),
      ("2*x - 1", .perSample([1, 28, 28])),
      ("x > 0", .perSample([1, 28, 28])),
      ("mean(x)", .scalar),
      ("logsumexp(D(x), half=2)", .scalar),
      ("mean(x, over=sample)", .perSample([])),
      ("mean(x, over=channel)", .perSample([1])),
      ("max(x, over=sample)", .perSample([])),
      ("max(x, 0)", .perSample([1, 28, 28])),
      ("dot(x, G(z))", .scalar),
      ("dot(x, G(z), over=sample)", .perSample([])),
      ("where(x > 0, x, 0)", .perSample([1, 28, 28])),
      ("where(s > 0, x, 0)", .perSample([1, 28, 28])),
      ("clamp(x, -1, 1)", .perSample([1, 28, 28])),
      ("flip(x)", .perSample([1, 28, 28])),
      ("flip(z, axis=channel)", .perSample([128])),
      ("slice(x, 4, 24, axis=height)", .perSample([1, 20, 28])),
      ("slice(z, 0, width)", .perSample([64])),
      ("shift(x, -3)", .perSample([1, 28, 28])),
      ("shift(x, s, axis=height, most=4)", .perSample([1, 28, 28])),
      ("shift(x, mean(z), most=2)", .perSample([1, 28, 28])),
      ("concat(x, G(z), x)", .perSample([3, 28, 28])),
      ("concat(z, y)", .perSample([138])),
      ("roll(x, -1)", .perSample([1, 28, 28])),
      ("pack(x, 4)", .perSample([3136])),
      ("pack(z, 2)*uniform(like=mean(pack(x, 2), over=sample))", .perSample([256])),
      ("mean(pack(z, 2))*mean(z, over=sample)", .perSample([])),
      ("where(rank(z) == 3, flip(z), z)", .perSample([128])),
      ("where(rank(x) == 3, flip(x), oops)", .perSample([1, 28, 28])),
      ("uniform(over=sample)", .perSample([])),
      ("normal(like=z)", .perSample([128])),
      ("fresh(x)", .perSample([1, 28, 28])),
      ("params(D)", .parameters(["D"])),
      ("params(G, D)", .parameters(["D", "G"])),
      ("params(adversary)", .parameters(["D"])),
      ("loss(discriminator)", .scalar),
      ("grad(loss(discriminator), params(D))", .parameters(["D"])),
      (
        "grad(loss(discriminator), params(D)) - grad(loss(generator), params(D))",
        .parameters(["D"])
      ),
      ("2*grad(loss(discriminator), params(D))", .parameters(["D"])),
      ("norm(params(D))", .scalar),
      ("dot(params(D), params(D))", .scalar),
      ("grad(sum(D(x)), x)", .perSample([1, 28, 28])),
      ("grad(sum(score(real)), real)", .perSample([1, 28, 28])),
      ("critic(x)", .perSample([1])),
      ("S(s)", .perSample([3])),
      ("penalty(x)", .scalar),
      ("logsumexp(y, over=sample) - dot(y, y, over=sample)", .perSample([])),
    ] as [(String, ValueType)])
  func types(text: String, expected: ValueType) {
    #expect(type(of: text).type == expected)
  }

  @Test func dependenceAndOrder() {
    #expect(type(of: "D(G(z))").networks == ["D", "G"])
    #expect(type(of: "D(detach(G(z)))").networks == ["D"])
    #expect(type(of: "detach(D(x))").networks == [])
    #expect(type(of: "x > D(x)").networks == [])
    #expect(type(of: "shift(G(z), D(x), most=2)").networks == ["G"])
    #expect(type(of: "concat(G(z), flip(roll(x*D(x), 1)))").networks == ["D", "G"])
    #expect(type(of: "loss(generator)").networks == ["D", "G"])
    #expect(type(of: "D(x)").order == 0)
    #expect(type(of: "grad(sum(D(x)), x)").order == 1)
    #expect(type(of: "grad(sumsq(grad(sum(D(x)), x)), params(D))").order == 2)
    #expect(type(of: "penalty(x) + D(x)").order == 1)
  }

  @Test func lossOfAPlayerWithoutKnownNetworksMayDependOnAll() {
    var environment = gameEnvironment()
    environment.playerNetworks = [:]
    environment.playerDerivativeOrders = ["generator": 2]
    let result = check("sumsq(grad(loss(generator), params(C)))", in: environment)
    #expect(result.value?.networks == ["C", "D", "E", "G", "S"])
    #expect(result.value?.derivativeOrder == 3)
  }

  /// A gradient penalty, term by term.
  @Test func gradientPenalty() throws {
    let result = check(
      "mean((norm(grad(sum(D(xh)), xh), over=sample) - 1)^2)",
      lets: ["xh": "detach(t*x + (1 - t)*G(z))", "t": "uniform(over=sample)"])
    #expect(result.diagnostics.isEmpty)
    #expect(result.bindings.map(\.name) == ["wgan_gp.t", "wgan_gp.xh"])
    let value = try #require(result.value)
    #expect(value.type == .scalar)
    #expect(value.networks == ["D"])
    #expect(value.derivativeOrder == 1)
    guard case .reduce(.mean, let squared, over: .all) = value.term,
      case .unary(.square, let distance) = squared.term,
      case .binary(.subtract, let norm, _) = distance.term,
      case .reduce(.norm, let gradient, over: .sample) = norm.term,
      case .gradient(let of, withRespectTo: .binding("wgan_gp.xh")) = gradient.term,
      case .reduce(.sum, let score, over: .all) = of.term,
      case .call(network: "D", let arguments, output: nil) = score.term,
      case .binding("wgan_gp.xh")? = arguments.first?.term
    else {
      Issue.record("another shape: \(value.term)")
      return
    }
    #expect(norm.span.text == "norm(grad(sum(D(xh)), xh), over=sample)")
    #expect(gradient.type == .perSample([1, 28, 28]))
  }

  /// A role that ends in a call takes the name of an output on.
  @Test func namedOutputs() throws {
    for text in ["sumsq(E(x).spread)", "sumsq(encode(x).spread)"] {
      let value = try #require(check(text).value)
      guard case .reduce(.sumsq, let output, over: .all) = value.term,
        case .call(network: "E", _, output: "spread") = output.term
      else {
        Issue.record("another shape: \(value.term)")
        return
      }
      #expect(output.type == .perSample([8]))
      #expect(value.networks == ["E"])
    }
  }

  @Test func advas() throws {
    func half(_ k: Int) -> String { "grad(loss(adversary, half=\(k)), params(adversary))" }
    let value = try #require(check("dot(\(half(1)), \(half(2)))").value)
    guard case .dot(let a, _, over: .all) = value.term,
      case .gradient(let loss, withRespectTo: .parameters(["D"])) = a.term,
      case .loss(player: "discriminator", half: 1, draw: nil, penalties: false) = loss.term
    else {
      Issue.record("another shape: \(value.term)")
      return
    }
    #expect(value.networks == ["D", "G"])
  }

  @Test func lossOptions() throws {
    let draw = try #require(check("loss(generator, draw=2, penalties=true)").value)
    guard case .loss("generator", half: nil, draw: 2, penalties: true) = draw.term else {
      Issue.record("\(draw.term)")
      return
    }
    let own = try #require(check("loss(generator, draw=1)").value)
    guard case .loss("generator", half: nil, draw: nil, penalties: false) = own.term else {
      Issue.record("\(own.term)")
      return
    }
  }

  @Test func constantsFold() throws {
    for (text, expected) in [
      ("2*width + 1", 129), ("2^10", 1024), ("-gamma^2", -0.25), ("sqrt(16)", 4),
      ("max(1, 2) - min(1, 2)", 1), ("where(width > 3, 5, 6)", 5), ("clamp(9, 0, 1)", 1),
      ("rank(x) + rank(z) + rank(s)", 4),
      ("1 < 2", 1),
    ] as [(String, Double)] {
      guard case .number(let value)? = check(text).value?.term else {
        Issue.record("\(text) did not fold")
        continue
      }
      #expect(value == expected, "\(text)")
    }
    let folded = check("mean(x^k)", lets: ["k": "1 + 2"])
    #expect(folded.bindings.isEmpty && folded.diagnostics.isEmpty)
  }
}
