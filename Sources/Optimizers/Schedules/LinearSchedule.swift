import Syntax

/// A straight line, and its end from then on; with `start` constant before it.
///
/// So CycleGAN trains (Zhu, Park, Isola and Efros 2017).
package struct LinearSchedule: ScheduleDefinition {
  package static let declaration = Declaration(
    "linear", synonyms: ["polynomial", "decay"], "A straight line from the value to `to`.",
    keys: Span.keys)

  private let span: Span

  package init(_ values: KeyValues) { span = Span(values) }

  package func value(from start: Double, round: Int) -> Double {
    start + (span.target - start) * span.share(round)
  }

  package var firstRoundAtZero: Int? { span.firstRoundAtZero }
}
