import Diagnostics

extension Optimizer {
  static let types = ["adagrad", "adam", "adamw", "rmsprop", "sgd"]

  private static let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
  private static let nonnegative = 0...Double.greatestFiniteMagnitude
  private static let decay = 0...1.0

  /// Reads `{type: adam, lr: 1e-4, betas: [0, 0.9]}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) -> Optimizer? {
    var reader = MappingReader(node, what, at: path, context)
    let type = reader.require("type", example: "type: adam").flatMap {
      context.choice($0, "'type' of \(what)", among: types)
    }
    let rate = reader.require("lr", example: "lr: 1e-4").flatMap {
      context.number($0, "'lr' of \(what)", in: nonnegative)
    }
    let schedule = LearningRateSchedule.read(&reader)
    guard let type else { return nil }
    let method: Method
    switch type {
    case "adam":
      let (beta1, beta2) = betas(&reader)
      method = .adam(
        beta1: beta1, beta2: beta2, epsilon: reader.number("eps", default: 1e-8, in: positive))
    case "adamw":
      let (beta1, beta2) = betas(&reader)
      method = .adamW(
        beta1: beta1, beta2: beta2, epsilon: reader.number("eps", default: 1e-8, in: positive))
    case "adagrad":
      method = .adagrad(
        rateDecay: reader.number("lr_decay", default: 0, in: nonnegative),
        initialSum: reader.number("initial_accumulator_value", default: 0, in: nonnegative),
        epsilon: reader.number("eps", default: 1e-10, in: positive))
    case "rmsprop":
      method = .rmsprop(
        alpha: reader.number("alpha", default: 0.99, in: decay),
        epsilon: reader.number("eps", default: 1e-8, in: positive),
        momentum: reader.number("momentum", default: 0, in: decay))
    default:
      let momentum = reader.number("momentum", default: 0, in: decay)
      let nesterov = reader.boolean("nesterov", default: false)
      if nesterov, momentum == 0 {
        context.error("'nesterov' of \(what) needs a 'momentum' above 0", at: node.span)
      }
      method = .sgd(momentum: momentum, nesterov: nesterov)
    }
    let weightDecay = reader.number(
      "weight_decay", default: type == "adamw" ? 0.01 : 0, in: nonnegative)
    reader.finish()
    return rate.map {
      Optimizer(method: method, learningRate: $0, weightDecay: weightDecay, schedule: schedule)
    }
  }

  private static func betas(_ reader: inout MappingReader) -> (Double, Double) {
    let context = reader.context
    let node = reader.take("betas")
    let pair = node == nil ? nil : reader.twoNumbers("betas", isRange: false)
    if node == nil { context.recordDefault("betas", "[0.9, 0.999]", at: reader.path) }
    let betas = pair ?? (0.9, 0.999)
    for beta in [betas.0, betas.1] where !(0..<1).contains(beta) {
      context.error(
        "each of 'betas' must be at least 0 and below 1, but one is \(short(beta))",
        at: node?.span ?? reader.place)
    }
    return betas
  }
}

extension LearningRateSchedule {
  static let types = ["constant", "cosine", "exponential", "linear", "step"]

  /// Reads `schedule: cosine` or `schedule: {type: linear, to: 0, over: 20k steps, warmup: 500 steps}`.
  fileprivate static func read(_ optimizer: inout MappingReader) -> LearningRateSchedule {
    let context = optimizer.context
    guard let node = optimizer.take("schedule") else {
      context.recordDefault("schedule", "constant", at: optimizer.path)
      return LearningRateSchedule()
    }
    guard let use = DefinitionUse(node, at: optimizer.child("schedule"), "schedule", context) else {
      return LearningRateSchedule()
    }
    guard types.contains(use.type.text) else {
      context.error(
        "unknown schedule '\(use.type.text)'", at: use.type.span,
        hint: suggestion(for: use.type.text, among: types) ?? "schedules are \(listing(types))")
      return LearningRateSchedule()
    }
    var reader = use.reader("schedule '\(use.type.text)'", context)
    let curve: Curve
    switch use.type.text {
    case "linear": curve = .linear(target: target(&reader), rounds: rounds(&reader))
    case "cosine": curve = .cosine(target: target(&reader), rounds: rounds(&reader))
    case "step": curve = .step(factor: factor(&reader), rounds: period(&reader))
    case "exponential": curve = .exponential(factor: factor(&reader), rounds: period(&reader))
    default: curve = .constant
    }
    let warmup = reader.rounds("warmup", default: 0, from: 0)
    reader.finish()
    return LearningRateSchedule(curve: curve, warmup: warmup)
  }

  private static func target(_ reader: inout MappingReader) -> Double {
    reader.number("to", default: 0, in: 0...Double.greatestFiniteMagnitude)
  }

  private static func rounds(_ reader: inout MappingReader) -> Int {
    reader.rounds("over", default: reader.context.totalRounds, from: 1)
  }

  private static func factor(_ reader: inout MappingReader) -> Double {
    reader.require("factor", example: "factor: 0.1").flatMap {
      reader.context.number($0, "'factor' of \(reader.what)", in: 0...1)
    } ?? 1
  }

  private static func period(_ reader: inout MappingReader) -> Int {
    reader.require("every", example: "every: 5k steps").flatMap {
      reader.context.rounds($0, "'every' of \(reader.what)", from: 1)
    } ?? 1
  }
}
