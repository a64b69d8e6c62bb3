import Metrics

/// How near an adversary is to its best answer, seen by the gradient that it gives another player.
///
/// A copy of the adversary goes on for some steps on the samples that it would see next, while everybody else stands
/// still; the other player's gradient is taken before and after, on the same samples. At an optimal adversary more
/// steps change nothing. (Munk, Harvey and Wood 2020, section 3: the gradient of the generator is that of the true
/// objective where the adversary's own gradient is 0.)
struct Optimality {
  private let trainer: Trainer
  private let player: String
  private let adversary: String
  /// Samples of the gradient.
  private let samples: Int
  /// Who goes on; nil for a copy of the adversary.
  private let beginning: AdversaryState?

  init(
    _ trainer: Trainer, player: String, adversary: String, samples: Int,
    beginning: AdversaryState? = nil
  ) {
    (self.trainer, self.player, self.adversary) = (trainer, player, adversary)
    (self.samples, self.beginning) = (samples, beginning)
  }

  /// `cosine_k` and `distance_k` for each k of `steps`, which rise; the trainer stands afterwards where it stood.
  ///
  /// Where somebody else goes on, also `self_cosine_k` and `self_distance_k`, beside the gradient that it starts with.
  func figures(after steps: [Int]) -> [Figure] {
    let own = gradient
    return trainer.undoing {
      var done = 0
      beginning?.enter(trainer)
      let start = beginning.map { _ in gradient }
      return steps.flatMap { count in
        trainer.advance(adversary, from: done, to: count)
        done = count
        let now = gradient
        return Self.figures("", count, own, now)
          + (start.map { Self.figures("self_", count, $0, now) } ?? [])
      }
    }
  }

  private static func figures(
    _ prefix: String, _ count: Int, _ before: [Double], _ after: [Double]
  ) -> [Figure] {
    [
      Figure("\(prefix)cosine_\(count)", cosine(before, after)),
      Figure("\(prefix)distance_\(count)", distance(before, after)),
    ]
  }

  private var gradient: [Double] {
    trainer.gradient(of: player, samples: samples).flatMap(\.values)
  }

  /// a·b/(‖a‖‖b‖), not a number where one of both is 0.
  static func cosine(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / (norm(a) * norm(b))
  }

  /// ‖a − b‖/‖b‖.
  static func distance(_ a: [Double], _ b: [Double]) -> Double {
    norm(zip(a, b).map { $0 - $1 }) / norm(b)
  }

  private static func norm(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
