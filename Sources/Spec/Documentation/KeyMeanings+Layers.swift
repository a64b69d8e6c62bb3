import Syntax

/// Keys of a layer's definition.
extension KeyMeanings {
  static let definedLayer = KeyMeanings(
    title: "define.layers", path: ["define", "layers", "*"],
    keys: [
      Key("paper", "text", "Where it comes from."),
      Key("summary", "text", "One line about it."),
      Key("synonyms", "list of words", "What other libraries call it, for \"did you mean\"."),
      Key("arguments", "mapping of texts", "What the arguments mean."),
      Key(
        "input", "mapping of shapes",
        "Operands: `{x: [C, H, W], s: [K]}`; names of axes are numbers in expressions, `...` stands for any further axes."
      ),
      Key(
        "requires", "mapping of texts",
        "Conditions on sizes and arguments, each with what a use that breaks it is told."),
      Key("parameters", "mapping", "What an optimizer moves."),
      Key("buffers", "mapping", "What training steps of the layer itself move."),
      Key("let", "mapping of expressions", "Names for parts of `value`."),
      Key("value", "expression", "The result, or one for `training` and one for `evaluation`."),
    ])

  static let definedLayerValue = KeyMeanings(
    title: "define.layers.value", path: ["define", "layers", "*", "value"],
    keys: [
      Key("training", "expression", "The result in training steps."),
      Key("evaluation", "expression", "The result in samples and metrics."),
    ])

  static let definedParameters = KeyMeanings(
    title: "define.layers.parameters", path: ["define", "layers", "*", "parameters", "*"],
    keys: WrittenVariable.parameterKeys.map { Key(declared: $0) })

  static let definedBuffers = KeyMeanings(
    title: "define.layers.buffers", path: ["define", "layers", "*", "buffers", "*"],
    keys: WrittenVariable.bufferKeys.map { Key(declared: $0) })
}

extension KeyMeanings.Key {
  fileprivate init(declared key: any AnyKey) {
    self.init(
      key.name, key.looks, key.meaning, or: key.isRequired ? nil : key.fallbackText)
  }
}
