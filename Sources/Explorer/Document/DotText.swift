import Compilation
import TensorIR

extension CompiledExperiment {
  /// The graphs of a stage in Graphviz's language, one `digraph` a function: a cluster for each layer and order of derivative.
  public func dotText(of stage: Stage, player: String?) -> String {
    functions(of: player).compactMap { function in
      function.graph(at: stage).map { $0.dotText(title: function.title) }
    }.joined(separator: "\n")
  }
}

extension Graph {
  /// The graph as a `digraph` of this name.
  func dotText(title: String) -> String {
    var lines = [
      "digraph \(Self.quoted(title)) {", "  rankdir=TB; compound=true; fontname=\"sans-serif\";",
      "  node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\", fontsize=10];",
    ]
    var places: [String] = []
    var members: [String: [Int]] = [:]
    for (index, origin) in origins.enumerated() {
      let place = origin.layer.isEmpty ? "" : "d\(origin.order) \(origin.layer)"
      if members[place] == nil { places.append(place) }
      members[place, default: []].append(index)
    }
    for (number, place) in places.enumerated() {
      lines.append("  subgraph \"cluster\(number)\" { label=\(Self.quoted(place));")
      lines += (members[place] ?? []).map { "    " + dotLine($0) }
      lines.append("  }")
    }
    for (index, node) in nodes.enumerated() {
      lines += node.operands.map { "  n\($0.index) -> n\(index);" }
    }
    for (number, (name, id)) in zip(resultNames, results).enumerated() {
      lines.append("  r\(number) [shape=plaintext, style=\"\", label=\(Self.quoted(name))];")
      lines.append("  n\(id.index) -> r\(number);")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// Colours of Okabe and Ito (2008), light, by order of derivative.
  private static let colors = ["#cfe6f7", "#fbdcc4", "#c9efe2", "#f3d9e8"]

  private func dotLine(_ index: Int) -> String {
    let color = Self.colors[min(origins[index].order, Self.colors.count - 1)]
    let label = "%\(index) \(expression(of: index))\n\(nodes[index].type)"
    return "n\(index) [fillcolor=\"\(color)\", label=\(Self.quoted(label))];"
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"", "\\": "\\\(scalar)"
        case "\n": "\\n"
        default: String(scalar)
        }
      }.joined() + "\""
  }
}
