import Metrics

/// The Euclidean norms of tensors, of the layers that own them and of all together.
struct LayerNorms {
  /// Of everything.
  let all: Double
  /// By the layer's full name, in the order of the tensors.
  let layers: [(name: String, norm: Double)]

  init(_ tensors: [(name: String, values: [Double])]) {
    var names: [String] = []
    var squares: [String: Double] = [:]
    for tensor in tensors {
      let layer = Self.layer(of: tensor.name)
      if squares[layer] == nil { names.append(layer) }
      squares[layer, default: 0] += tensor.values.reduce(0) { $0 + $1 * $1 }
    }
    layers = names.map { ($0, (squares[$0] ?? 0).squareRoot()) }
    all = names.reduce(0) { $0 + (squares[$1] ?? 0) }.squareRoot()
  }

  /// `G.0` of `G.0.weight`.
  private static func layer(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }

  var figures: [Figure] {
    [Figure("all", all)] + layers.map { Figure($0.name, $0.norm) }
  }

  /// Each norm divided by that of the same tensors in `others`; not a number where both are 0.
  func figures(relativeTo others: LayerNorms) -> [Figure] {
    [Figure("all", all / others.all)]
      + zip(layers, others.layers).map { Figure($0.name, $0.norm / $1.norm) }
  }
}
