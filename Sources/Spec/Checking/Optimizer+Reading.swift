import Diagnostics

extension Optimizer {
  private static let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
  private static let nonnegative = 0...Double.greatestFiniteMagnitude
  private static let decay = 0...1.0

  /// Reads `{type: adam, lr: 1e-4, betas: [0, 0.9]}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) -> Optimizer? {
    var reader = MappingReader(node, what, at: path, context)
    let type = reader.require("type", example: "type: adam").flatMap {
      context.choice($0, "'type' of \(what)", among: ["adam", "rmsprop", "sgd"])
    }
    let rate = reader.require("lr", example: "lr: 1e-4").flatMap {
      context.number($0, "'lr' of \(what)", in: nonnegative)
    }
    guard let type else { return nil }
    let method: Method
    switch type {
    case "adam": method = adam(&reader)
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
    let weightDecay = reader.number("weight_decay", default: 0, in: nonnegative)
    reader.finish()
    return rate.map { Optimizer(method: method, learningRate: $0, weightDecay: weightDecay) }
  }

  private static func adam(_ reader: inout MappingReader) -> Method {
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
    return .adam(
      beta1: betas.0, beta2: betas.1, epsilon: reader.number("eps", default: 1e-8, in: positive))
  }
}
