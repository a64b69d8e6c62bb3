import Glibc
import Syntax

/// Times a factor over every so many rounds, little by little.
package struct ExponentialSchedule: ScheduleDefinition {
  package static let declaration = Declaration(
    "exponential", synonyms: ["exp", "exponential_decay"],
    "Times `factor` over every `every` rounds, little by little.", keys: Period.keys)

  private let period: Period

  package init(_ values: KeyValues) { period = Period(values) }

  package func value(from start: Double, round: Int) -> Double {
    start * pow(period.factor, Double(round) / Double(period.length))
  }

  package var firstRoundAtZero: Int? { nil }
}
