import TensorIR

extension Pass {
  public static let partitionName = "partition"

  /// Turns the graph of the whole batch into that of one of `ranks`, whose inputs at `samples` are dealt.
  ///
  /// Unlike other passes it does not keep a graph's meaning alone, but that of all ranks together.
  static func partition(ranks: Int, samples: Set<Int>) -> Pass {
    Pass(partitionName) { graph in
      do throws(Unpartitionable) {
        return try Partition.partition(graph, ranks: ranks, samples: samples)
      } catch {
        preconditionFailure("batches that do not divide are found before passes run")
      }
    }
  }
}

extension Pipeline {
  /// The standard passes for one of several ranks: savings see the whole batch, and kernels are chosen for its part.
  public static func standard(ranks: Int, samples: Set<Int>) -> Pipeline {
    var pipeline = standard
    let place = pipeline.steps.firstIndex { $0.passes.contains { $0.name == chooseLayoutName } }
    pipeline.steps.insert(
      .once(.partition(ranks: ranks, samples: samples)), at: place ?? pipeline.steps.endIndex)
    return pipeline
  }

  private static let chooseLayoutName = Pass.chooseLayout.name

  /// What the graph becomes where nothing but its dead nodes is removed.
  public static func plain(ranks: Int, samples: Set<Int>) -> Pipeline {
    Pipeline([.once(.eliminateDeadCode), .once(.partition(ranks: ranks, samples: samples))])
  }
}
