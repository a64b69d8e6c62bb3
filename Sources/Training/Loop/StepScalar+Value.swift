import Modules
import Optimizers

extension StepScalar {
  /// The number for a player's step, in double precision.
  package func value(for optimizer: Optimizer, at time: StepInputs.Time) -> Double {
    switch self {
    case .optimizer(let name): optimizer.scalar(name, step: time.updates, round: time.round)
    case .penaltyWeight(_, let start, let schedule): schedule.value(from: start, round: time.round)
    case .round: Double(time.round)
    case .scheduled(_, let start, let schedule): schedule.value(from: start, round: time.round)
    case .averageDecay(_, let decay): decay.value(round: time.round)
    }
  }
}
