import Diagnostics
import Spec
import Syntax
import Testing

/// One faulty expression and what the user reads.
struct Fault: CustomTestStringConvertible, Sendable {
  var source: String
  var message: String
  /// The text under the caret.
  var at: String
  var hint: String?

  init(_ source: String, _ message: String, at: String, hint: String? = nil) {
    self.source = source
    self.message = message
    self.at = at
    self.hint = hint
  }

  var testDescription: String { source }
}

struct CheckerErrorTests {
  static let names: [Fault] = [
    Fault(
      "mean(D(real) - lable)", "unknown name 'lable'", at: "lable",
      hint: "known here: fake, flat, gamma, real, s, width, x, y, z, zero"),
    Fault("mean(widht*x)", "unknown name 'widht'", at: "widht", hint: "did you mean 'width'?"),
    Fault("maen(x)", "unknown function 'maen'", at: "maen", hint: "did you mean 'mean'?"),
    Fault("mean(pow(x, 2))", "unknown function 'pow'", at: "pow", hint: "write a^b"),
    Fault(
      "mean(D)", "'D' is a network, not a value", at: "D",
      hint: "call it: D(...); its parameters are params(D)"),
    Fault(
      "mean(critic)", "'critic' is a network, not a value", at: "critic",
      hint: "call it: critic(...); its parameters are params(critic)"),
    Fault(
      "2*adversary", "'adversary' is a player, not a value", at: "adversary",
      hint: "write loss(adversary)"),
    Fault(
      "mean(score)", "'score' is a function, not a value", at: "score", hint: "call it: score(v)"),
    Fault(
      "1 + norm", "'norm' is a function, not a value", at: "norm",
      hint: "call it: norm(v, over=sample|channel, half=1|2)"),
    Fault("x(2)", "the stream 'x' cannot be called", at: "x", hint: "write * for a product"),
    Fault("real(z)", "the role 'real' takes no arguments", at: "real", hint: "write real alone"),
    Fault(
      "generator(z)", "the player 'generator' cannot be called", at: "generator",
      hint: "write loss(generator)"),
  ]

  static let shapes: [Fault] = [
    Fault(
      "x", "expected a number, found one value per sample of shape [1, 28, 28]", at: "x",
      hint: "take mean(...)"),
    Fault(
      "1 - D(x)", "expected a number, found one number per sample", at: "-", hint: "take mean(...)"),
    Fault(
      "params(D)", "expected a number, found values shaped as params(D)", at: "params",
      hint: "take sumsq(...)"),
    Fault(
      "mean(x*y)", "shapes [1, 28, 28] and [10] do not align in '*': no implicit broadcasting",
      at: "*",
      hint: "reduce one of them to one number per sample, for example mean(v, over=sample)"),
    Fault(
      "mean(max(z, y))", "shapes [128] and [10] do not align in 'max': no implicit broadcasting",
      at: "max",
      hint: "reduce one of them to one number per sample, for example mean(v, over=sample)"),
    Fault(
      "norm(params(D) + x)",
      "'+' cannot join values shaped as params(D) with one value per sample of shape [1, 28, 28]",
      at: "+", hint: "reduce one of them to a number"),
    Fault(
      "norm(params(D) - params(G))",
      "'-' cannot join values shaped as params(D) with values shaped as params(G)", at: "-",
      hint: "reduce one of them to a number"),
    Fault(
      "mean(D(z))",
      "the network 'D' expects one value per sample of shape [1, 28, 28], found one value per sample of shape [128]",
      at: "z"),
    Fault(
      "mean(D(2*flat))",
      "the network 'D' expects one value per sample of shape [1, 28, 28], found one value per sample of shape [784]",
      at: "2*flat", hint: "a 'reshape: [1, 28, 28]' layer at its start would take [784]"),
    Fault(
      "mean(C(x, z))",
      "input 2 of the network 'C' expects one value per sample of shape [10], found one value per sample of shape [128]",
      at: "z"),
    Fault(
      "mean(C(x))", "the network 'C' has 2 inputs, found 1", at: "C",
      hint:
        "it takes values of shape [1, 28, 28], [10]; a game with classes says in 'bind' what its "
        + "roles are, fake: G(z, y), score(v): D(v, y)"),
    Fault(
      "mean(D(x, y))", "the network 'D' has 1 input, found 2", at: "y",
      hint: "it takes values of shape [1, 28, 28]"),
    Fault(
      "mean(D(1))",
      "the network 'D' expects one value per sample of shape [1, 28, 28], found a number",
      at: "1", hint: "a network sees samples, such as a stream or another network's output"),
    Fault(
      "mean(2)", "'mean' expects one value per sample, found a number", at: "2",
      hint: "a number needs no reduction; over=sample in the one inside leaves one per sample"),
    Fault(
      "mean(s, over=channel)",
      "'over=channel' expects values with a channel axis, found one number per sample",
      at: "channel",
      hint: "leave it out"),
    Fault(
      "mean(params(D))", "'mean' cannot reduce values shaped as params(D)", at: "mean",
      hint: "take norm(v), sumsq(v) or sum(v), which are over all tensors"),
    Fault(
      "dot(2, x)", "'dot' expects values with elements, found a number", at: "2",
      hint: "write a*b for a product"),
    Fault(
      "mean(where(z > 0, x, 1))",
      "the condition is one value per sample of shape [128], the branches are one value per sample of shape [1, 28, 28]",
      at: ">", hint: "the condition must align with the values that it chooses"),
  ]

  static let arguments: [Fault] = [
    Fault(
      "norm(x, over=samples)", "'over' of 'norm' expects sample or channel, found 'samples'",
      at: "samples",
      hint: "did you mean 'sample'?"),
    Fault(
      "norm(x, ovr=sample)", "'norm' has no argument 'ovr'", at: "ovr", hint: "did you mean 'over'?"
    ),
    Fault(
      "norm(x, 2)", "'norm' expects 1 argument, found 2", at: "2",
      hint: "norm(v, over=sample|channel, half=1|2)"),
    Fault(
      "clamp(x, 1)", "'clamp' expects 3 arguments, found 2", at: "clamp",
      hint: "clamp(v, low, high)"),
    Fault("mean(clamp(x, 1, -1))", "low is 1, above high, -1", at: "1"),
    Fault(
      "norm(x, over=sample, over=sample)", "the argument 'over' is given twice", at: "over"),
    Fault(
      "norm(over=sample, x)", "an argument without a label cannot follow a labelled one", at: "x",
      hint: "norm(v, over=sample|channel, half=1|2)"),
    Fault(
      "mean(score(x, z))", "'score' expects 1 argument, found 2", at: "z", hint: "score(v)"),
    Fault(
      "mean(score(v=x))", "'score' takes its arguments without labels", at: "v", hint: "score(v)"),
    Fault(
      "mean(uniform())", "'uniform' needs a shape", at: "uniform",
      hint: "write uniform(over=sample) or uniform(like=v)"),
    Fault(
      "mean(uniform(over=sample, low=2))", "low, 2, must be below high, 1", at: "2"),
    Fault(
      "mean(uniform(over=sample, low=mean(x)))",
      "'low' expects a number, found a number that is known only during the run", at: "mean"),
    Fault(
      "mean(normal(over=sample, deviation=0))", "the deviation must be above 0, found 0", at: "0"),
    Fault(
      "mean(normal(over=sample, like=x))", "'over' and 'like' exclude each other", at: "sample",
      hint: "normal(over=sample|batch | like=v, mean=0, deviation=1)"),
    Fault(
      "mean(fresh(G(z)))",
      "'fresh' expects a stream, found one value per sample of shape [1, 28, 28]", at: "G(z)",
      hint: "streams here: flat, s, x, y, z"),
  ]

  static let players: [Fault] = [
    Fault(
      "loss(discriminater)", "'loss' expects a player, found 'discriminater'", at: "discriminater",
      hint: "did you mean 'discriminator'?"),
    Fault(
      "loss(D)", "'loss' expects a player, found 'D'", at: "D",
      hint: "players here: discriminator, generator, adversary"),
    Fault(
      "loss(generator, half=3)", "'half' expects a whole number from 1 to 2, found 3", at: "3"),
    Fault(
      "loss(generator, draw=1.5)", "'draw' expects a whole number from 1 to 64, found 1.5",
      at: "1.5"),
    Fault(
      "loss(generator, half=1, draw=2)", "'half' and 'draw' exclude each other", at: "2"),
    Fault(
      "loss(generator, penalties=yes)", "'penalties' expects true or false", at: "yes"),
    Fault(
      "norm(params(Q))", "'params' expects a network or player, found 'Q'", at: "Q",
      hint: "known here: C, D, E, G, S, discriminator, generator, adversary"),
    Fault(
      "norm(params(D(x)))", "'params' expects the name of a network or player", at: "D(x)",
      hint: "known here: C, D, E, G, S, discriminator, generator, adversary"),
    Fault(
      "norm(grad(D(x), x))", "'grad' differentiates a number, found one number per sample", at: "D",
      hint: "take sum(...): the gradient of a sum over samples is each sample's own"),
    Fault(
      "norm(grad(sum(D(x)), z))",
      "the value does not depend on 'z', so its gradient is 0 everywhere",
      at: "z", hint: "it depends on x, params(D)"),
    Fault(
      "norm(grad(sum(D(x)), params(G)))",
      "the value does not depend on 'params(G)', so its gradient is 0 everywhere", at: "params(G)",
      hint: "it depends on x, params(D)"),
    Fault(
      "norm(grad(sum(detach(x)), x))",
      "the value does not depend on 'x', so its gradient is 0 everywhere", at: "x",
      hint: "it is a constant"),
    Fault(
      "norm(grad(sum(D(G(z))), G(z)))",
      "'grad' differentiates with respect to a stream, a 'let' value or params(...), found an expression",
      at: "G(z)", hint: "name it in 'let' and use that name in both places"),
  ]

  static let arithmetic: [Fault] = [
    Fault("mean(x/0)", "division by zero", at: "/"),
    Fault("mean(x/zero)", "division by zero", at: "/"),
    Fault("log(-2)", "the logarithm of a negative number does not exist", at: "log"),
    Fault("log(zero)", "the logarithm of zero does not exist", at: "log"),
    Fault("sqrt(-1)", "the square root of a negative number does not exist", at: "sqrt"),
    Fault("exp(1000)", "the value of this is not a finite number", at: "exp"),
    Fault("(-2)^0.5", "a negative number has no power 0.5", at: "^"),
    Fault(
      "mean(x^s)", "expected a number as exponent, found one number per sample", at: "^",
      hint: "write exp(b*log(a)) for a^b"),
    Fault("mean(x^zero)", "the exponent is 0, so the value is always 1", at: "^"),
  ]

  @Test(arguments: names + outputs + shapes + places + arguments + players + arithmetic)
  func oneFaultOneMessage(fault: Fault) throws {
    let result = check(fault.source)
    #expect(result.value == nil)
    #expect(result.errors.count == 1)
    let error = try #require(result.errors.first)
    #expect(error.message == fault.message)
    #expect(error.span?.text == fault.at)
    #expect(error.hint == fault.hint)
  }

  @Test func everyFaultIsReportedAtOnce() {
    let result = check("mean(alpha) + maen(x) + norm(beta2, over=smple)", lets: ["l": "zz"])
    #expect(result.errors.map { $0.span?.text } == ["zz", "alpha", "maen", "beta2", "smple"])
  }

  @Test(
    arguments: [
      (["a": "b + 1", "b": "2*a"], "'a' is defined by itself: a -> b -> a", "a"),
      (["a": "a"], "'a' is defined by itself: a -> a", "a"),
      (["x": "1"], "the 'let' name 'x' hides the stream 'x'", "x"),
      (["width": "1"], "the 'let' name 'width' hides the number 'width'", "width"),
      (["G": "1"], "the 'let' name 'G' hides the network 'G'", "G"),
      (["penalty": "1"], "the 'let' name 'penalty' hides the function 'penalty'", "penalty"),
      (["norm": "1"], "the 'let' name 'norm' hides the built-in function 'norm'", "norm"),
      (
        ["x-h": "1"], "'x-h' cannot name a value: letters, digits and _ only, no digit first", "x-h"
      ),
      (["a": "1", "a": "2"], "'a' is defined twice in one 'let'", "a"),
    ] as [(KeyValuePairs<String, String>, String, String)])
  func faultyLets(lets: KeyValuePairs<String, String>, message: String, at: String) throws {
    let result = check("mean(D(x))", lets: lets)
    #expect(result.value == nil)
    let error = try #require(result.errors.first)
    #expect(result.errors.count == 1)
    #expect(error.message == message)
    #expect(error.span?.text == at)
  }

  /// An error inside a function is shown in its body, with the way that led there.
  @Test func faultsInFunctionsNameTheirCalls() throws {
    let outer = try #require(check("penalty(z)").errors.first)
    #expect(outer.span?.file.name == "roles")
    #expect(outer.span?.text == "v")
    #expect(outer.notes.map { $0.span?.text } == ["score(v)", "penalty(z)"])
    let loop = try #require(check("loop(x)").errors.first)
    #expect(loop.message == "'loop' is defined by itself")
    let misspelt = try #require(check("misspelt(x)").errors.first)
    #expect(misspelt.message == "unknown name 'vv'")
    #expect(misspelt.hint == "did you mean 'v'?")
    let broken = try #require(check("broken(x)").errors.first)
    #expect(broken.notes.map { $0.span?.text } == ["broken(x)"])
  }

  /// A value with a fault is not blamed again where it is used.
  @Test func faultsDoNotCascade() {
    let result = check("mean(a) + mean(b)", lets: ["a": "oops", "b": "a + 1"])
    #expect(result.errors.map(\.message) == ["unknown name 'oops'"])
  }

  @Test func theCaretStandsUnderTheCharacter() throws {
    let error = try #require(check("mean(x*y)").errors.first)
    #expect(
      error.rendered == """
        spec.yaml:1:15: error: shapes [1, 28, 28] and [10] do not align in '*': no implicit broadcasting
            1 | value: "mean(x*y)"
              |               ^ reduce one of them to one number per sample, for example mean(v, over=sample)
        """)
  }
}
