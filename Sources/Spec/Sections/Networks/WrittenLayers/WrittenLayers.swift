import Diagnostics
import Layers
import Syntax

/// The layers that YAML defines: those of the prelude, and a spec's own.
struct WrittenLayers: Sendable {
  private(set) var byName: [String: WrittenLayer] = [:]
  /// What definitions of the spec may name.
  private(set) var surroundings = WrittenLayer.Surroundings()

  /// The file of the prelude that has layers, and nothing else.
  static let file = "layers.yaml"

  /// Those of the prelude, and what is wrong with them, which a test holds to be nothing.
  static let prelude: (layers: WrittenLayers, diagnostics: DiagnosticBag) = {
    let context = CheckingContext()
    var layers = WrittenLayers()
    let name = file
    if let text = Prelude.files[name] {
      let source = SourceFile(
        name: "\(Prelude.namePrefix)\(name)>", text: String(decoding: text, as: UTF8.self))
      if let tree = YAMLComposer.read(source, into: &context.diagnostics) {
        var reader = MappingReader(tree, "the prelude", at: [name], context)
        layers.read(reader.take(DefineKeys.layers), at: [name, "layers"], context)
        reader.finish()
      }
    }
    return (layers, context.diagnostics)
  }()

  subscript(name: String) -> WrittenLayer? { byName[name] }

  var names: [String] { byName.keys.sorted() }

  /// These layers and those of a spec's `define`, where `functions` may stand beside them.
  func adding(define node: SpecNode?, _ context: CheckingContext) -> WrittenLayers {
    guard let layers = node?["layers"], !layers.isNull else { return self }
    var result = self
    result.surroundings.numbers = context.numbers
    // Faults of functions are reported where all of `define` is read.
    let scratch = CheckingContext()
    if let node, node.entries != nil {
      var reader = MappingReader(node, "'define'", at: ["define"], scratch)
      var (definitions, names) = (Definitions(), Namespace())
      definitions.readFunctions(&reader, &names)
      result.surroundings.functions = definitions.functions
    }
    result.read(layers, at: ["define", "layers"], context)
    return result
  }

  /// What surrounds the definition of `layer`.
  func surroundings(of layer: WrittenLayer) -> WrittenLayer.Surroundings {
    Self.prelude.layers.byName[layer.name] == nil ? surroundings : WrittenLayer.Surroundings()
  }

  private mutating func read(_ node: SpecNode?, at path: [String], _ context: CheckingContext) {
    guard let node else { return }
    guard let entries = node.entries else {
      context.error(
        "'layers' of 'define' must be a mapping, but found \(node.kindName)", at: node.span,
        hint: "write, for example, layers: {swish2: {input: {x: [C, ...]}, value: x*sigmoid(x)}}")
      return
    }
    for entry in entries {
      guard let layer = WrittenLayer(entry, at: path, context) else { continue }
      if let first = byName[layer.name] {
        context.error(
          "layer '\(layer.name)' exists already", at: layer.place, hint: "choose another name",
          notes: [Diagnostic(.note, "it is defined here", at: first.place)])
      } else if LayerTypes.isBuiltIn(layer.name) {
        context.error(
          "layer '\(layer.name)' has the name of a layer that comes with advas", at: layer.place,
          hint: "choose another name")
      } else {
        byName[layer.name] = layer
      }
    }
  }
}
