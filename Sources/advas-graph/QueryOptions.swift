import ArgumentParser
import TensorIR

/// What of a graph to show; several options narrow each other.
struct QueryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only nodes of a network, a layer (D.2), a player or a term of an objective (advas).",
      valueName: "owner"))
  var of: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only nodes of an order of derivative: 0 forward, 1 first, 2 second.", valueName: "order"))
  var order: Int?

  @Option(help: ArgumentHelp("Only nodes of an operation, such as matmul.", valueName: "operation"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "Only nodes near one: %12, or the name of an input or a result.", valueName: "node"))
  var around: String?

  @Option(parsing: .unconditional, help: "How far --around looks, in both directions.")
  var depth = 1

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only nodes through which the second node depends on the first.", valueName: "from> <to"))
  var path: [String] = []

  @Flag(help: "FLOPs, bytes moved, FLOPs per byte, and which node reads the value last.")
  var cost = false

  func validate() throws {
    guard path.isEmpty || path.count == 2 else {
      throw ValidationError("--path takes two nodes, such as --path z loss")
    }
    guard depth >= 0, order ?? 0 >= 0 else {
      throw ValidationError("--depth and --order count from 0.")
    }
    guard around != nil || depth == 1 else {
      throw ValidationError("--depth is how far --around looks: --around %12 --depth \(depth)")
    }
  }

  var query: GraphQuery {
    var query = GraphQuery()
    query.owner = of
    query.order = order
    query.operation = only
    query.around = around.map { .init(node: $0, depth: depth) }
    if path.count == 2 { query.path = .init(from: path[0], to: path[1]) }
    return query
  }

  /// `true` iff something is asked.
  var asks: Bool { cost || !query.isEmpty }
}
