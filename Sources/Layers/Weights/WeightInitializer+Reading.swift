import Diagnostics
import Syntax

extension Form where Value == WeightInitializer? {
  /// `orthogonal`, `{normal: 0.02}`, `{normal: {mean: 1, deviation: 0.02}}`, `{xavier_uniform: sqrt(2)}` or
  /// `{kaiming_normal: {gain: 1, fan: out}}`.
  package static var initializer: Form {
    let names = WeightInitializer.names.map { "`\($0)`" }
    return Form(
      names.joined(separator: ", "), schema: .any, text: { $0.map(\.text) }
    ) { node, what, context in
      if let word = node.scalar {
        return rule(word, what, context).flatMap { plain($0, word, context) }
      }
      guard let entries = node.entries, entries.count == 1, let only = entries.first else {
        context.error(
          "\(what) must be one rule, but found \(node.kindName)", at: node.span,
          hint: "write, for example, {normal: 0.02}")
        return nil
      }
      guard let rule = rule(only.key, what, context) else { return nil }
      return only.value.entries == nil
        ? number(rule, only.value, "'\(only.key.text)' of \(what)", context)
        : settings(rule, only, what, context)
    }
  }

  private static func rule(
    _ word: LocatedText, _ what: String, _ context: CheckingContext
  ) -> WeightInitializer.Rule? {
    if let rule = WeightInitializer.Rule(rawValue: word.text) { return rule }
    let names = WeightInitializer.names
    let others = [
      "xavier": ["xavier_uniform"], "glorot_uniform": ["xavier_uniform"],
      "glorot": ["xavier_uniform"], "glorot_normal": ["xavier_normal"],
      "he": ["kaiming_normal"], "he_normal": ["kaiming_normal"],
      "he_uniform": ["kaiming_uniform"], "kaiming": ["kaiming_normal"], "ortho": ["orthogonal"],
      "gaussian": ["normal"], "zero": ["zeros"], "ones": ["constant"],
    ]
    context.error(
      "\(what) knows no '\(word.text)'", at: word.span,
      hint: suggestion(for: word.text, among: names, others: others)
        ?? "rules are \(listing(names))")
    return nil
  }

  /// A rule without a number.
  private static func plain(
    _ rule: WeightInitializer.Rule, _ word: LocatedText, _ context: CheckingContext
  ) -> WeightInitializer? {
    switch rule.number {
    case .gain(let gain): return WeightInitializer(rule: rule, number: gain)
    case .none: return WeightInitializer(rule: rule, number: 0)
    case .deviation, .bound, .value:
      context.error(
        "'\(word.text)' needs a number", at: word.span, hint: "write {\(word.text): 0.02}")
      return nil
    }
  }

  private static func number(
    _ rule: WeightInitializer.Rule, _ node: SpecNode, _ what: String, _ context: CheckingContext
  ) -> WeightInitializer? {
    guard rule.number != .none else {
      context.error("\(what) takes no number", at: node.span, hint: "write zeros alone")
      return nil
    }
    let range = rule.number == .value ? -1e30...1e30 : 0...1e30
    return context.number(node, what, in: range).map { WeightInitializer(rule: rule, number: $0) }
  }

  /// A rule with a mapping of its own.
  private static func settings(
    _ rule: WeightInitializer.Rule, _ entry: SpecNode.Entry, _ what: String,
    _ context: CheckingContext
  ) -> WeightInitializer? {
    let what = "'\(entry.key.text)' of \(what)"
    if rule == .normal { return normal(entry, what, context) }
    guard case .gain(let gain) = rule.number else {
      context.error("\(what) has no keys", at: entry.value.span, hint: "write its number alone")
      return nil
    }
    let hasFan = rule == .kaimingUniform || rule == .kaimingNormal
    let known = ["gain"] + (hasFan ? ["fan"] : [])
    var result: WeightInitializer? = WeightInitializer(rule: rule, number: gain)
    for setting in entry.value.entries ?? [] {
      let title = "'\(setting.key.text)' of \(what)"
      switch setting.key.text {
      case "gain":
        result = number(rule, setting.value, title, context).map {
          WeightInitializer(rule: rule, number: $0.number, usesFanOut: result?.usesFanOut ?? false)
        }
      case "fan" where hasFan:
        let fan = context.choice(setting.value, title, among: ["in", "out"])
        result?.usesFanOut = fan == "out"
      default:
        context.error(
          "unknown key '\(setting.key.text)' in \(what)", at: setting.key.span,
          hint: suggestion(for: setting.key.text, among: known)
            ?? "allowed: " + known.joined(separator: ", "))
      }
    }
    return result
  }

  /// `{mean: 1, deviation: 0.02}`.
  private static func normal(
    _ entry: SpecNode.Entry, _ what: String, _ context: CheckingContext
  ) -> WeightInitializer? {
    var (mean, deviation): (Double?, Double?) = (0, nil)
    for setting in entry.value.entries ?? [] {
      let title = "'\(setting.key.text)' of \(what)"
      switch setting.key.text {
      case "mean": mean = context.number(setting.value, title, in: -1e30...1e30)
      case "deviation": deviation = context.number(setting.value, title, in: 0...1e30)
      default:
        context.error(
          "unknown key '\(setting.key.text)' in \(what)", at: setting.key.span,
          hint: suggestion(
            for: setting.key.text, among: ["mean", "deviation"], others: ["std": ["deviation"]])
            ?? "allowed: mean, deviation")
        return nil
      }
    }
    if entry.value["deviation"] == nil {
      context.error(
        "\(what) needs a 'deviation'", at: entry.value.span, hint: "write {deviation: 0.02}")
    }
    guard let mean, let deviation else { return nil }
    return WeightInitializer(rule: .normal, number: deviation, mean: mean)
  }
}

extension WeightInitializer {
  /// As YAML writes it.
  fileprivate var text: String {
    let fan = usesFanOut ? ", fan: out" : ""
    switch rule.number {
    case .none: return rule.rawValue
    case .deviation where mean != 0:
      return "{\(rule.rawValue): {mean: \(short(mean)), deviation: \(short(number))}}"
    case .gain: return "{\(rule.rawValue): {gain: \(short(number))\(fan)}}"
    case .deviation, .bound, .value: return "{\(rule.rawValue): \(short(number))}"
    }
  }
}
