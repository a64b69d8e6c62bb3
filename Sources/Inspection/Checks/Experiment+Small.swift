import Compilation
import Diagnostics
import Spec

extension Experiment {
  /// The experiment as checks of its graphs take it: without pictures, on whole batches of so many `samples`, or as many as a
  /// stream or a player has if that is fewer.
  private func small(samples: Int) -> Experiment {
    var small = self
    small.output.sample = nil
    small.train.microbatch = 0
    for index in small.streams.indices {
      small.streams[index].batch = min(samples, small.streams[index].batch)
    }
    for index in small.players.indices {
      small.players[index].batch = small.players[index].batch.map { min(samples, $0) }
    }
    return small
  }

  /// The same, compiled, on the fewest more samples where packs or groups of samples do not divide these.
  ///
  /// - Throws: a diagnostic where the spec's own batches do not compile either.
  func compiledSmall(
    samples: Int, by compiler: inout Compiler
  ) throws(Diagnostic) -> (experiment: Experiment, compiled: CompiledExperiment) {
    var counts = batchDivisors.filter { $0 > samples }[...]
    var experiment = small(samples: samples)
    while true {
      do throws(Diagnostic) {
        return (experiment, try compiler.compile(experiment))
      } catch {
        // More samples need no less memory.
        guard !error.isOfMachine, let more = counts.popFirst() else { throw error }
        experiment = small(samples: more)
      }
    }
  }

  /// Divisors of the batches of streams and players, from the smallest; so many samples as the last are those of the spec.
  private var batchDivisors: [Int] {
    var divisors: Set<Int> = []
    for batch in Set(streams.map(\.batch) + players.compactMap(\.batch)) {
      var divisor = 1
      while divisor <= batch / divisor {
        if batch.isMultiple(of: divisor) { divisors.formUnion([divisor, batch / divisor]) }
        divisor += 1
      }
    }
    return divisors.sorted()
  }
}
