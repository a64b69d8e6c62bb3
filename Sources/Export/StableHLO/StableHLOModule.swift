import Modules
import TensorIR

/// A function as a module of StableHLO, the input language of XLA, IREE and their kind, in MLIR's text form.
///
/// Its one function `main` takes the graph's inputs in order and gives its results in order, each with its name as
/// `advas.name`. An input that holds a variable says with `tf.aliasing_output` which result is the variable's next
/// value, so that a device keeps the state in place. Samples and draws are inputs: the numbers are those of a run here.
/// (StableHLO's specification: openxla/stablehlo, docs/spec.md. `erf` is of the dialect CHLO beside it.)
public struct StableHLOModule {
  private let graph: Graph
  private let title: String
  /// For inputs that hold variables, the results that are the variables' next values.
  private let nextValues: [Int: Int]
  /// How many run it together, each as a replica.
  private let ranks: Int

  /// The module of a graph; `title` stands in it.
  public init(_ graph: Graph, title: String, nextValues: [Int: Int] = [:], ranks: Int = 1) {
    self.graph = graph
    self.title = title
    self.nextValues = nextValues
    self.ranks = ranks
  }

  /// The module of `graph`, which computes what `function` does.
  public init(_ function: Function, graph: Graph, title: String, ranks: Int = 1) {
    var nextValues: [Int: Int] = [:]
    for (index, input) in function.inputs.enumerated() {
      guard case .variable(let name) = input else { continue }
      nextValues[index] = function.results.firstIndex(of: .variable(name))
    }
    self.init(graph, title: title, nextValues: nextValues, ranks: ranks)
  }

  public var text: String {
    let replicas =
      ranks == 1 ? "" : ", mhlo.num_partitions = 1 : i32, mhlo.num_replicas = \(ranks) : i32"
    let head =
      "module @\(graph.name.mlirQuoted) attributes {advas.function = \(title.mlirQuoted)\(replicas)} {"
    let (inputs, results) = (arguments, self.results)
    return """
      \(head)
        func.func public @main(
          \(inputs.joined(separator: ",\n    "))
        ) -> (
          \(results.joined(separator: ",\n    "))
        ) {
      \(body)
        }
      }

      """
  }

  /// `%arg0: tensor<2x2xf32> {advas.name = "G.0.weight", tf.aliasing_output = 3 : i32}`.
  private var arguments: [String] {
    graph.inputNames.enumerated().map { index, name in
      var attributes = "advas.name = \(name.mlirQuoted)"
      if let result = nextValues[index] {
        attributes += ", tf.aliasing_output = \(result) : i32"
      }
      return "%arg\(index): \(graph.nodes[index].type.mlir) {\(attributes)}"
    }
  }

  private var results: [String] {
    zip(graph.results, graph.resultNames).map { id, name in
      "\(graph[id].type.mlir) {advas.name = \(name.mlirQuoted)}"
    }
  }

  /// Which of the replicas this is, for who takes its own samples of a value.
  private var rankLines: [String] {
    let takesPart = graph.nodes.contains { if case .shard = $0.op { true } else { false } }
    guard takesPart else { return [] }
    return [
      "    %rank = stablehlo.replica_id : tensor<ui32>",
      "    %zero = stablehlo.constant dense<0> : tensor<ui32>",
    ]
  }

  private var body: String {
    var body = StableHLOBody(graph)
    for index in graph.nodes.indices { body.add(index) }
    let values = graph.results.map { body.values[$0.index] }
    let names = values.map(\.name).joined(separator: ", ")
    let types = values.map(\.type.mlir).joined(separator: ", ")
    // A function without results returns without types.
    let end = values.isEmpty ? "    return" : "    return \(names) : \(types)"
    return (rankLines + body.lines + [end]).joined(separator: "\n")
  }
}
