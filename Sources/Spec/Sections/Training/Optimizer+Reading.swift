import Diagnostics
import Optimizers
import Syntax

extension Optimizer {
  /// Reads `{type: adam, lr: 1e-4, betas: [0, 0.9]}`; nil after a diagnostic.
  static func read(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext,
    scalars: [String: ScheduledNumber] = [:]
  ) -> Optimizer? {
    let method = node["type"]?.scalar.flatMap { OptimizerCatalogue.named($0.text) }
    let named = NamedNumbers(node, names: method?.numberNames ?? [], scalars)
    var reader = MappingReader(named.node(round: 0), what, at: path, context)
    let type = reader.value(of: MethodKeys.type)
    let scalar = readScalarRate(&reader, scalars)
    let rate = scalar?.start ?? reader.value(of: MethodKeys.rate)
    let schedule = scalar?.schedule ?? RoundSchedule.read(&reader)
    let rest = reader.take(MethodKeys.rest)
    if let rest { checkRest(rest, what, at: reader.child("rest"), context) }
    guard let type = type.flatMap(OptimizerCatalogue.named) else { return nil }
    let values = reader.values(of: type.declaration.keys)
    reader.finish()
    guard values.isComplete else { return nil }
    named.check(type, what, context)
    do throws(KeyFault) {
      let method = try type.init(values)
      guard let rate else { return nil }
      var optimizer = Optimizer(method: method, learningRate: rate, schedule: schedule)
      optimizer.changing = named.changing
      if let rest {
        optimizer.rest = readRest(rest, over: node, what, at: path, context, scalars: scalars)
        // The schedule of a scalar is no key that both have.
        if scalar != nil, rest["lr"].map({ scalars[$0.scalar?.text ?? ""] == nil }) ?? false {
          for index in optimizer.rest.indices { optimizer.rest[index].schedule = schedule }
        }
      }
      return optimizer
    } catch {
      context.error("'\(error.key)' of \(what) \(error.message)", at: node.span)
      return nil
    }
  }

  /// The scalar that `lr` names, whose schedule is then the rate's; nil where it is a number.
  private static func readScalarRate(
    _ reader: inout MappingReader, _ scalars: [String: ScheduledNumber]
  ) -> ScheduledNumber? {
    guard let node = reader.take(MethodKeys.rate), let name = node.scalar?.text,
      let number = scalars[name]
    else { return nil }
    if number.start < 0 {
      reader.context.error(
        "\(reader.title("lr")) is the scalar '\(name)', which starts below 0", at: node.span)
    }
    if let schedule = reader.take(ScheduleKeys.schedule) {
      reader.context.error(
        "\(reader.what) has a 'schedule', but its 'lr' is the scalar '\(name)', which has its own",
        at: schedule.span, hint: "keep one of them")
    }
    return number
  }

  /// Reads the keys of `rest: {lr: 2e-4, weight_decay: 0}`, for biases and for what norms own.
  private static func checkRest(
    _ node: SpecNode, _ what: String, at path: [String], _ context: CheckingContext
  ) {
    var reader = MappingReader(node, "'rest' of \(what)", at: path, context)
    let keys = RestKeys.all.compactMap { reader.take(named: $0.name) }
    reader.finish()
    if keys.isEmpty, node.entries != nil {
      context.error(
        "'rest' of \(what) changes nothing", at: node.span, hint: "write rest: {weight_decay: 0}")
    }
  }

  /// The optimizer with what `rest` says in place of its own.
  private static func readRest(
    _ rest: SpecNode, over node: SpecNode, _ what: String, at path: [String],
    _ context: CheckingContext, scalars: [String: ScheduledNumber]
  ) -> [Optimizer] {
    let own = (node.entries ?? []).filter { $0.key.text != "rest" }
    let other = (rest.entries ?? []).filter { entry in
      RestKeys.all.contains { $0.name == entry.key.text }
    }
    let merged = SpecNode(.mapping(own), at: node.span)
      .merged(under: SpecNode(.mapping(other), at: rest.span))
    // What stands in both has been looked at.
    let scratch = CheckingContext()
    scratch.numbers = context.numbers
    scratch.totalRounds = context.totalRounds
    let optimizer = read(merged, "'rest' of \(what)", at: path, scratch, scalars: scalars)
    if scratch.faults > 0 { context.adopt(scratch.diagnostics) }
    return optimizer.map { [$0] } ?? []
  }
}

/// The keys of `optimizer`.
enum MethodKeys {
  static let type = Key.required(
    "type",
    Form<String>.choice(OptimizerCatalogue.names, others: OptimizerCatalogue.declarations.synonyms)
      .described("one of the types below"),
    example: "type: adam", "The method.")
  static let rate = Key.required(
    "lr", Form<Double>.nonnegative, example: "lr: 1e-4",
    "The learning rate, or the name of a scalar.")

  static let rest = Key.part(
    "rest", "mapping", as: .keys(RestKeys.all),
    "Another `lr` or `weight_decay` for biases, and for scales and shifts of norms.")

  static let all: [any AnyKey] = [type, rate, ScheduleKeys.schedule, rest]

  /// Those of every method too.
  static var ofAnyMethod: [any AnyKey] { all + OptimizerCatalogue.declarations.flatMap(\.keys) }
}

/// The keys of `rest`, which stand in place of the optimizer's own.
enum RestKeys {
  static let rate = Key.part(
    "lr", "number", as: .number, or: "the same", "Their learning rate; the schedule is the same.")
  static let weightDecay = Key.part(
    "weight_decay", "number", as: .number, or: "the same", "Their weight decay.")

  static let all: [any AnyKey] = [rate, weightDecay]
}
