import Syntax

package struct ConstantSchedule: ScheduleDefinition {
  package static let declaration = Declaration("constant", "The value as it is.")

  package init() {}

  package init(_ values: KeyValues) {}

  package func value(from start: Double, round: Int) -> Double { start }

  package var firstRoundAtZero: Int? { nil }
}
