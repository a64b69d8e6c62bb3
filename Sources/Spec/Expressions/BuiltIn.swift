import Syntax

/// A function of the expression language.
public struct BuiltIn: Sendable {
  /// How the checker treats it.
  enum Kind: Hashable, Sendable {
    /// A reduction of one argument; `min` and `max` of two are elementwise.
    case reduction(Reduction)
    case elementwise(UnaryFunction)
    case dot, select, clamp, detach
    case uniform, normal, fresh
    case params, loss, grad
    case squaredDistances, ema, orthogonality, onlyWeights, count, lambertW
    case flip, slice, shift, concat, roll, pack, rank
  }

  /// The word before the parenthesis.
  public let name: String
  /// The call as documentation writes it: `norm(v, over=sample|channel)`.
  public let signature: String
  /// One sentence: what it computes.
  public let summary: String
  let kind: Kind

  /// The function called `name`, or nil.
  public static func named(_ name: String) -> BuiltIn? { byName[name] }

  static let names = Set(byName.keys)

  private static let byName = Dictionary(
    uniqueKeysWithValues: table.map { ($0.name, $0) })

  /// All functions, in the order in which documentation lists them.
  public static let table: [BuiltIn] =
    reductions + elementwise + shaping + places + draws + players

  private static let reductions: [BuiltIn] = [
    BuiltIn(
      name: "mean", signature: "mean(v, over=sample|channel|distinct, half=1|2)",
      summary:
        "The mean over everything, per sample, per sample and channel, over one half of the batch,"
        + " or, of pairs of samples, over those of different samples.", kind: .reduction(.mean)),
    BuiltIn(
      name: "sum", signature: "sum(v, over=sample|channel|distinct, half=1|2)",
      summary: "The sum, over the same as mean.", kind: .reduction(.sum)),
    BuiltIn(
      name: "min", signature: "min(v, over=sample|channel, half=1|2) or min(a, b)",
      summary: "The smallest element, or the smaller of two values element by element.",
      kind: .reduction(.min)),
    BuiltIn(
      name: "max", signature: "max(v, over=sample|channel, half=1|2) or max(a, b)",
      summary: "The largest element, or the larger of two values element by element.",
      kind: .reduction(.max)),
    reduction(.norm, "The Euclidean norm; of params values, one norm over all tensors."),
    reduction(.sumsq, "The sum of squares, norm(v)^2 without the root."),
    reduction(.var, "The variance: the mean squared distance from the mean (divided by n)."),
    reduction(.logsumexp, "log(sum(exp(v))), without overflow."),
    BuiltIn(
      name: "dot", signature: "dot(a, b, over=sample|channel)",
      summary: "The sum of a*b; of params values, over all tensors.", kind: .dot),
    BuiltIn(
      name: "sqdist", signature: "sqdist(a, b)",
      summary:
        "The squared distance of every sample of a from every sample of b: one number per pair"
        + " of samples, for kernels.", kind: .squaredDistances),
    BuiltIn(
      name: "count", signature: "count(v, over=channel)",
      summary: "How many numbers one sample of v has, or one of its channels: a constant.",
      kind: .count),
    BuiltIn(
      name: "rank", signature: "rank(v)",
      summary: "How many axes one sample of v has, 3 for images: a constant.", kind: .rank),
  ]

  private static let elementwise: [BuiltIn] = [
    function(.abs, "The absolute value; its derivative is the sign."),
    function(.exp, "The exponential function."),
    function(.log, "The natural logarithm of a positive value."),
    function(.sqrt, "The square root; its derivative is infinite at 0."),
    function(.rsqrt, "1/sqrt(v) of a positive value."),
    function(.square, "v*v, the same as v^2."),
    function(.tanh, "The hyperbolic tangent."),
    function(.sigmoid, "1/(1 + exp(-v))."),
    function(.softplus, "log(1 + exp(v)), without overflow."),
    function(.relu, "max(v, 0), with derivative 0 at 0."),
    function(.sign, "-1, 0 or 1; its derivative is 0."),
    BuiltIn(
      name: "lambertw", signature: "lambertw(v)",
      summary: "The w with w*exp(w) = v, for v > 0; wright_omega(log(v)).", kind: .lambertW),
    function(.wrightOmega, "lambertw(exp(v)), without overflow: the w with w + log(w) = v."),
  ]

  private static let shaping: [BuiltIn] = [
    BuiltIn(
      name: "where", signature: "where(condition, a, b)",
      summary:
        "a where the condition is not 0, b elsewhere; of a condition that is known before the run,"
        + " only the value that it chooses is looked at.", kind: .select),
    BuiltIn(
      name: "clamp", signature: "clamp(v, low, high)",
      summary: "v limited to low...high.", kind: .clamp),
    BuiltIn(
      name: "detach", signature: "detach(v)",
      summary: "v, taken as a constant by every grad and by the optimizer.", kind: .detach),
    BuiltIn(
      name: "ema", signature: "ema(v, decay)",
      summary:
        "The running average decay*average + (1 - decay)*v of a number over the player's steps,"
        + " from 0; a constant for every grad.", kind: .ema),
  ]

  private static let places: [BuiltIn] = [
    BuiltIn(
      name: "flip", signature: "flip(v, axis=width|height|channel)",
      summary: "Every sample mirrored along an axis, by default from left to right.", kind: .flip),
    BuiltIn(
      name: "shift", signature: "shift(v, by, axis=width|height|channel, most=k)",
      summary:
        "Samples moved by whole places along an axis, zeros moving in; by one number per sample,"
        + " rounded down and limited to -most...most, each sample by its own.", kind: .shift),
    BuiltIn(
      name: "slice", signature: "slice(v, from, to, axis=channel|height|width)",
      summary: "Places from, from + 1, ... to - 1 of every sample along an axis, counted from 0.",
      kind: .slice),
    BuiltIn(
      name: "concat", signature: "concat(a, b, ...)",
      summary: "The channels of several values side by side.", kind: .concat),
    BuiltIn(
      name: "roll", signature: "roll(v, by)",
      summary:
        "The samples of the batch moved on by so many places, around its end: every sample beside"
        + " another one.", kind: .roll),
    BuiltIn(
      name: "pack", signature: "pack(v, n)",
      summary:
        "n neighbouring samples as one, their elements one after the other: of a batch of 500 [d] it"
        + " makes one of 500/n [n*d].", kind: .pack),
  ]

  private static let draws: [BuiltIn] = [
    BuiltIn(
      name: "uniform", signature: "uniform(over=sample|batch | like=v, low=0, high=1)",
      summary:
        "Random numbers of [low, high): one per sample, one for the batch, or of the shape of v.",
      kind: .uniform),
    BuiltIn(
      name: "normal", signature: "normal(over=sample|batch | like=v, mean=0, deviation=1)",
      summary: "Normal random numbers: one per sample, one for the batch, or of the shape of v.",
      kind: .normal),
    BuiltIn(
      name: "fresh", signature: "fresh(stream)",
      summary: "Another batch of a stream, independent of this step's own.", kind: .fresh),
  ]

  private static let players: [BuiltIn] = [
    BuiltIn(
      name: "params", signature: "params(network or player, ..., only=weight)",
      summary:
        "The tensors that the optimizer moves, of networks or of all that a player trains; of weights"
        + " only, without biases, and without scales and shifts of norms.",
      kind: .params),
    BuiltIn(
      name: "loss", signature: "loss(player, half=1|2, draw=k, penalties=true|false)",
      summary: "What the player minimizes, on this step's samples, on half of them, or on the k-th"
        + " independent draw; with its fixed-weight penalties if asked.", kind: .loss),
    BuiltIn(
      name: "grad", signature: "grad(scalar, wrt)",
      summary: "The gradient with respect to a stream, a let value or params(...); it nests.",
      kind: .grad),
    BuiltIn(
      name: "orthogonality", signature: "orthogonality(params(N), diagonal=true|false)",
      summary: "The sum of (W*W' - I)^2 over the weight matrices [out, rest] of params, by default"
        + " without the diagonal.", kind: .orthogonality),
    BuiltIn(
      name: "only_weights", signature: "only_weights(v)",
      summary:
        "Of values shaped as params those of weights, 0 for biases and for what norms own.",
      kind: .onlyWeights),
  ]

  private static func reduction(_ reduction: Reduction, _ summary: String) -> BuiltIn {
    BuiltIn(
      name: reduction.rawValue,
      signature: "\(reduction.rawValue)(v, over=sample|channel, half=1|2)",
      summary: summary, kind: .reduction(reduction))
  }

  private static func function(_ function: UnaryFunction, _ summary: String) -> BuiltIn {
    BuiltIn(
      name: function.rawValue, signature: "\(function.rawValue)(v)", summary: summary,
      kind: .elementwise(function))
  }
}
