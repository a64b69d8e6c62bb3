import Glibc
import Syntax

/// Times a factor at the end of every so many rounds.
package struct StepSchedule: ScheduleDefinition {
  package static let declaration = Declaration(
    "step", synonyms: ["step_lr", "staircase"],
    "Times `factor` at the end of every `every` rounds.", keys: Period.keys)

  private let period: Period

  package init(_ values: KeyValues) { period = Period(values) }

  package func value(from start: Double, round: Int) -> Double {
    start * pow(period.factor, Double(round / period.length))
  }

  package var firstRoundAtZero: Int? { nil }
}
