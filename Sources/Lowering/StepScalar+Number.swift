import Modules
import Spec

extension StepScalar {
  /// What the loop computes for a number that an expression names.
  init(_ number: StepNumber) {
    switch number {
    case .round: self = .round
    case .scheduled(let name, let start, let schedule):
      self = .scheduled(name: name, start: start, schedule: schedule)
    }
  }
}
