import TensorIR

/// A graph as rows of layers and columns of orders of derivative, as the page and pictures show it.
struct GraphCells {
  /// A layer (`G.2`, whatever it is made of), a player, a term, or what moves parameters.
  struct Row: Hashable {
    let name: String
    /// Empty outside of networks.
    let network: String
  }

  struct Place: Hashable, Comparable {
    let row: Int
    let order: Int

    static func < (a: Place, b: Place) -> Bool { (a.row, a.order) < (b.row, b.order) }
  }

  struct Cell {
    var nodes = 0
    var operations = 0.0
    /// The terms of the objective that first needed some of its nodes.
    var terms: Set<String> = []
  }

  private(set) var rows: [Row] = []
  private(set) var cells: [Place: Cell] = [:]
  /// How many values go from one cell to another.
  private(set) var edges: [Edge: Int] = [:]
  private(set) var highestOrder = 0

  struct Edge: Hashable {
    let from: Place
    let to: Place
  }

  init(_ graph: Graph) {
    let owners = graph.nodes.indices.map { index -> Row? in
      if case .input = graph.nodes[index].op {
        nil
      } else {
        Self.row(of: graph.origins[index].layer)
      }
    }
    rows = Self.sorted(owners.compactMap { $0 })
    let numbers = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let costs = graph.costs
    let places = owners.enumerated().map { index, owner -> Place? in
      guard let row = owner.flatMap({ numbers[$0] }) else { return nil }
      return Place(row: row, order: graph.origins[index].order)
    }
    for (index, place) in places.enumerated() {
      guard let place else { continue }
      cells[place, default: Cell()].nodes += 1
      cells[place, default: Cell()].operations += costs[index].operations
      if !graph.origins[index].term.isEmpty {
        cells[place, default: Cell()].terms.insert(graph.origins[index].term)
      }
      highestOrder = max(highestOrder, place.order)
      for operand in graph.nodes[index].operands {
        guard let from = places[operand.index], from != place else { continue }
        edges[Edge(from: from, to: place), default: 0] += 1
      }
    }
  }

  /// `G.2.0.main.1` is of the second layer of G; `generator.optimizer` stands for itself.
  private static func row(of layer: String) -> Row {
    let parts = layer.split(separator: ".", maxSplits: 2)
    guard parts.count >= 2, Int(parts[1]) != nil else { return Row(name: layer, network: "") }
    return Row(name: "\(parts[0]).\(parts[1])", network: String(parts[0]))
  }

  /// Networks in the order in which data goes through them, then terms, then what moves the parameters.
  private static func sorted(_ all: [Row]) -> [Row] {
    var unique: [Row] = []
    var networks: [String] = []
    for row in all {
      if !unique.contains(row) { unique.append(row) }
      if !row.network.isEmpty, !networks.contains(row.network) { networks.append(row.network) }
    }
    func rank(_ row: Row) -> (Int, Int) {
      if let network = networks.firstIndex(of: row.network) {
        return (network, row.name.split(separator: ".").last.flatMap { Int($0) } ?? 0)
      }
      let moves = row.name.hasSuffix(".optimizer") || row.name.hasPrefix("ema ")
      return (networks.count + (moves ? 1 : 0), unique.firstIndex(of: row) ?? 0)
    }
    return unique.sorted { rank($0) < rank($1) }
  }
}
