import Syntax

/// A curve by which a value changes over the rounds of a run: its declaration and its formula.
///
/// Nothing has a default: what a new curve forgets does not compile.
package protocol ScheduleDefinition: Hashable, Sendable {
  /// What the curve is called, which keys it has besides `type` and `warmup`, what documentation says of it.
  static var declaration: Declaration { get }

  /// The curve with these keys, which have been checked; `values` has them all.
  init(_ values: KeyValues)

  /// The value in a round, counted from 0; `start` is the one that a spec gives beside the schedule.
  func value(from start: Double, round: Int) -> Double

  /// The round from which on the value is 0 wherever it starts; nil where it never is for good.
  var firstRoundAtZero: Int? { get }
}

extension ScheduleDefinition {
  /// The word that a spec has for the curve.
  package static var name: String { declaration.name }
}

/// Every curve that a schedule may have.
package enum ScheduleCatalogue {
  package static let all: [any ScheduleDefinition.Type] = [
    ConstantSchedule.self, CosineSchedule.self, ExponentialSchedule.self, LinearSchedule.self,
    StepSchedule.self,
  ]

  package static let declarations: [Declaration] = all.map { $0.declaration }

  package static let names: [String] = all.map { $0.name }

  /// The curve that a spec calls `name`.
  package static func named(_ name: String) -> (any ScheduleDefinition.Type)? {
    all.first { $0.name == name }
  }
}
