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

  init(_ trainer: Trainer, player: String, adversary: String, samples: Int) {
    (self.trainer, self.player, self.adversary) = (trainer, player, adversary)
    self.samples = samples
  }

  /// `cosine_k` and `distance_k` for each k of `steps`, which rise; the trainer stands afterwards where it stood.
  func figures(after steps: [Int]) -> [Figure] {
    let first = gradient
    return trainer.undoing {
      var done = 0
      return steps.flatMap { count in
        trainer.advance(adversary, from: done, to: count)
        done = count
        let now = gradient
        return [
          Figure("cosine_\(count)", Self.cosine(first, now)),
          Figure("distance_\(count)", Self.distance(first, now)),
        ]
      }
    }
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
