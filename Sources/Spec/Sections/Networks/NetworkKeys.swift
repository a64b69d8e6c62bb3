import Syntax

/// The keys of an entry of `networks`.
enum NetworkKeys {
  static let input = Key.part(
    required: "input", "stream, list or mapping", example: "input: z",
    "Formal inputs: `z`, `[z, y]`, or with their shapes `{x: [1, 28, 28], y: label}`.")
  static let layers = Key.part(
    required: "layers", "list of layers", as: .layers,
    example: "layers: [flatten, linear: {out: 1}]",
    "Each is fed by the one before unless `from` says otherwise.")
  static let outputs = Key.part(
    "outputs", "list of names", as: .names,
    "Named layers whose values a call may have, `D(x).name`, besides that of the last.")
  static let defaults = Key.part(
    "defaults", "mapping by layer type", as: .named(.any), "Keys that layers of a type have here.")

  static let from = Key.part(
    "from", "a path, or the keys below",
    as: .either([.text, .mapping { WeightFileKeys.all }]), or: "what its layers start as",
    "A safetensors file with its first weights.")

  static let all: [any AnyKey] = [input, layers, outputs, defaults, from]
}
