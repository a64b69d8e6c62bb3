import Glibc
import Syntax

/// Half a cosine wave from its crest (Loshchilov and Hutter 2017, without restarts), and its end from then on.
package struct CosineSchedule: ScheduleDefinition {
  package static let declaration = Declaration(
    "cosine", synonyms: ["cosine_annealing", "cosine_decay"],
    "Half a cosine wave from the value to `to`; Loshchilov and Hutter 2017 without restarts.",
    keys: Span.keys)

  private let span: Span

  package init(_ values: KeyValues) { span = Span(values) }

  package func value(from start: Double, round: Int) -> Double {
    span.target + (start - span.target) * (1 + cos(.pi * span.share(round))) / 2
  }

  package var firstRoundAtZero: Int? { span.firstRoundAtZero }
}
