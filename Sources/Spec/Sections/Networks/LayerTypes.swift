import Layers
import Syntax

/// Every word that a layer list may have in any spec: the types of the catalogue, those that the prelude writes in YAML,
/// and entries that stand for several layers.
enum LayerTypes {
  /// Keys that entries of all types have.
  static let name = Key.optional(
    "name", Form<SpecNode>.node("a name", .text),
    "Replaces the index in parameter names, and lets `from` refer to it.")
  static let from = Key.optional(
    "from", Form<SpecNode>.node("a name or a list"), or: "the layer above",
    "Operands: `previous`, an input of the network, or a named layer above.")
  static let shared: [any AnyKey] = [name, from]

  static let main = Key.required(
    "main", .node("list of layers", .layers),
    example: "main: [relu, conv: {out: 64, kernel: 3, padding: 1}]",
    "The branch whose output is added.")
  static let shortcut = Key.optional(
    "shortcut", .node("list of layers", .layers), or: "the operand itself", "What it is added to.")
  static let times = Key.required(
    "times", .integer(in: 1...LayerListBuilder.layerLimit),
    "How often `do` is repeated, with parameters of its own each time.")
  static let body = Key.required(
    "do", .node("list of layers", .layers), example: "do: [relu]", "What is repeated.")

  private static let composites = [
    LayerDeclaration(
      "residual", synonyms: ["resblock", "res_block", "residual_block", "shortcut", "skip"],
      "main(x) + shortcut(x).", keys: [main, shortcut]),
    LayerDeclaration("repeat", "Its list several times.", keys: [times, body]),
  ]

  /// Leaves out those that are written in YAML: reading these asks for the names that are taken.
  private static let builtIn = LayerCatalogue.all.map { $0.declaration } + composites

  static let declarations: [LayerDeclaration] =
    LayerCatalogue.all.map { $0.declaration } + written.map(\.declaration) + composites

  private static var written: [WrittenLayer] {
    let layers = WrittenLayers.prelude.layers
    return layers.names.compactMap { layers[$0] }
  }

  /// Those that compute something, sorted, then the others.
  static let names: [String] =
    (LayerCatalogue.names + written.map(\.name)).sorted() + composites.map(\.name)

  /// Those that expressions can call.
  static let functions: [String] = LayerCatalogue.all.map { $0.declaration }
    .filter(\.isFunction).map(\.name).sorted()

  /// What other libraries call them.
  static let synonyms: [String: [String]] = declarations.reduce(into: [:]) { result, type in
    for synonym in type.synonyms { result[synonym, default: []].append(type.name) }
  }

  static func declaration(of name: String) -> LayerDeclaration? {
    declarations.first { $0.name == name }
  }

  /// Whether a type that Swift defines has the name.
  static func isBuiltIn(_ name: String) -> Bool { builtIn.contains { $0.name == name } }
}
