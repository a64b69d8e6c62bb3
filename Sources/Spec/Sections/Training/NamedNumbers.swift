import Diagnostics
import Optimizers
import Syntax

/// The numbers of an optimizer that a spec gives by the names of scalars: `betas: [0, beta]`, `eps: small`.
struct NamedNumbers {
  /// One of them.
  private struct Use {
    var key: String
    /// Its place in a list; nil where the key has one number.
    var place: Int?
    var scalar: String
    var number: ScheduledNumber
    var span: SourceSpan

    /// Its name among the numbers of a method.
    var name: String { place.map { "\(key).\($0)" } ?? key }
  }

  private let node: SpecNode
  private var uses: [Use] = []

  /// Finds the uses of `scalars` in the mapping `node`, of whose method `names` may change.
  init(_ node: SpecNode, names: Set<String>, _ scalars: [String: ScheduledNumber]) {
    self.node = node
    for entry in node.entries ?? [] {
      let key = entry.key.text
      let items = entry.value.items
      let places: [Int?] = items.map { $0.indices.map { $0 } } ?? [nil]
      for place in places {
        let value = place.flatMap { items?[$0] } ?? entry.value
        guard let scalar = value.scalar?.text, let number = scalars[scalar] else { continue }
        let use = Use(key: key, place: place, scalar: scalar, number: number, span: value.span)
        if names.contains(use.name) { uses.append(use) }
      }
    }
  }

  /// How each changes.
  var changing: [ChangingNumber] {
    uses.map {
      ChangingNumber(name: $0.name, start: $0.number.start, schedule: $0.number.schedule)
    }
  }

  /// The mapping with the numbers of a round in place of names.
  func node(round: Int) -> SpecNode { mapping { _ in round } }

  /// The mapping with each number of the round that `round` says for it.
  private func mapping(at round: (Use) -> Int) -> SpecNode {
    guard !uses.isEmpty, let entries = node.entries else { return node }
    let plain = entries.map { entry in
      var entry = entry
      for use in uses where use.key == entry.key.text {
        let value = use.number.schedule.value(from: use.number.start, round: round(use))
        let number = SpecNode.synthesized("\(value)", at: use.span)
        if let place = use.place, var items = entry.value.items {
          items[place] = number
          entry.value = SpecNode(.sequence(items), at: entry.value.span)
        } else {
          entry.value = number
        }
      }
      return entry
    }
    return SpecNode(.mapping(plain), at: node.span)
  }

  /// Reports numbers that a method could not have at the end of their schedules or at their peaks, or that must not start
  /// at 0.
  func check(_ type: any OptimizerDefinition.Type, _ what: String, _ context: CheckingContext) {
    for use in uses where use.name == "momentum" && use.number.start == 0 {
      context.error(
        "'momentum' of \(what) is the scalar '\(use.scalar)', which starts at 0", at: use.span,
        hint: "start it above 0: without momentum there is no running sum to begin with")
    }
    /// What is wrong where one number, if any, is that of a later round.
    func fault(of name: String?, in round: Int) -> Diagnostic? {
      let scratch = CheckingContext()
      scratch.numbers = context.numbers
      scratch.totalRounds = context.totalRounds
      let numbers = mapping { $0.name == name ? round : 0 }
      var reader = MappingReader(numbers, what, at: [], scratch)
      _ = reader.values(of: type.declaration.keys)
      return scratch.diagnostics.sorted.first { $0.level == .error }
    }
    // What is wrong from the start on has been told.
    guard fault(of: nil, in: 0) == nil else { return }
    for use in uses {
      if let fault = fault(of: use.name, in: Self.farthest) {
        context.error(
          "at the end of the schedule of '\(use.scalar)', \(fault.message)", at: use.span,
          hint: fault.hint)
      } else if let peak = use.number.peak(before: context.totalRounds),
        let fault = fault(of: use.name, in: peak)
      {
        context.error(
          "in round \(peak + 1) of the schedule of '\(use.scalar)', \(fault.message)", at: use.span,
          hint: fault.hint)
      }
    }
  }

  /// A round behind the end of every schedule.
  private static let farthest = 1 << 40
}

extension ScheduledNumber {
  /// The round before `end`, of about a thousand of its warmup, in which the number is largest.
  ///
  /// nil without a warmup: a curve goes one way, so that its ends say all.
  fileprivate func peak(before end: Int) -> Int? {
    let rise = min(schedule.warmup, end)
    guard rise > 0 else { return nil }
    let rounds = Array(stride(from: 0, to: rise, by: max(1, rise / 1000))) + [rise - 1]
    return rounds.max {
      schedule.value(from: start, round: $0) < schedule.value(from: start, round: $1)
    }
  }
}
