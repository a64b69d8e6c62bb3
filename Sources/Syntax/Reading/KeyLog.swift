/// The keys that the readers of a spec ask for, and what they expect there.
package struct KeyLog {
  package typealias Kind = ValueSchema

  /// By the path of the mapping, names of the user's choice replaced by `*` and places in lists by `#`.
  package private(set) var mappings: [[String]: [String: Kind]] = [:]

  /// Keys that must be there.
  package private(set) var required: [[String]: Set<String>] = [:]

  package mutating func noteRequired(_ key: String, at path: [String]) {
    guard let place = Self.normalized(path) else { return }
    required[place, default: []].insert(key)
  }

  package mutating func note(_ key: String, _ kind: Kind, at path: [String]) {
    guard let place = Self.normalized(path) else { return }
    if kind == .any, mappings[place]?[key] != nil { return }
    mappings[place, default: [:]][key] = kind
  }

  /// Sections whose keys are names of the user's choice.
  private static let naming: Set<String> = [
    "data", "latent", "networks", "players", "ema", "features", "scalars", "state",
  ]
  /// Lists of layers, wherever they stand.
  private static let layerLists: Set<String> = ["layers", "main", "shortcut", "do"]

  /// Sections of a definition whose keys are names.
  private static let definedNames: Set<String> = ["players", "parameters", "buffers"]

  /// nil for files of the prelude and for blocks of the user's.
  package static func normalized(_ path: [String]) -> [String]? {
    if path.first?.hasSuffix(".yaml") ?? false { return nil }
    var result: [String] = []
    for (index, part) in path.enumerated() {
      let before = index > 0 ? path[index - 1] : ""
      if Int(part) != nil {
        // Layers are alike at every depth.
        result = layerLists.contains(before) || path.first == "blocks" ? ["layer"] : result + ["#"]
      } else if index == 1, naming.contains(before) {
        result.append("*")
      } else if part == "schedule" {
        // One of a learning rate or of a weight, alike everywhere.
        result = ["schedule"]
      } else if path[0] == "define", index == 2 || index == 4 && definedNames.contains(before) {
        result.append("*")
      } else {
        result.append(part)
      }
    }
    return result
  }
}
