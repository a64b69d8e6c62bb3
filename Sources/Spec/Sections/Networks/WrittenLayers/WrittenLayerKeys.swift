import Syntax

/// The keys of a layer that YAML defines.
enum WrittenLayerKeys {
  static let synonyms = Key.optional(
    "synonyms", Form<[LocatedText]>.names("list of words"),
    "What other libraries call it, for \"did you mean\".")
  static let arguments = Key.part(
    "arguments", "mapping of texts", as: .named(.text), "What the arguments mean.")
  static let input = Key.part(
    required: "input", "mapping of shapes", as: .named(.any), example: "input: {x: [C, H, W]}",
    "Operands: `{x: [C, H, W], s: [K]}`; names of axes are numbers in expressions, `...` stands for any further axes."
  )
  static let parameters = Key.part(
    "parameters", "mapping", as: .named(.any), "What an optimizer moves.")
  static let buffers = Key.part(
    "buffers", "mapping", as: .named(.keys(WrittenVariable.bufferKeys)),
    "What training steps of the layer itself move.")
  static let value = Key.part(
    required: "value", "expression", as: .either([.text, .keys(ofValue)]),
    example: "value: x*sigmoid(x)",
    "The result, or one for `training` and one for `evaluation`.")

  static let all: [any AnyKey] = [
    DefinitionKeys.paper, DefinitionKeys.summary, synonyms, arguments, input,
    DefinitionKeys.requires, parameters, buffers, LetText.key, value,
  ]

  static let training = Key.required(
    "training", Form<LocatedText>.expression, example: "training: ...",
    "The result in training steps.")
  static let evaluation = Key.required(
    "evaluation", Form<LocatedText>.expression, example: "evaluation: ...",
    "The result in samples and metrics.")

  static let ofValue: [any AnyKey] = [training, evaluation]
}
