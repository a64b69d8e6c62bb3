import Diagnostics
import Syntax

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
    let schedule = RoundSchedule.read(&reader)
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
