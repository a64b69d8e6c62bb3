import Diagnostics
import Syntax

/// The definitions that come with the compiler, in the same YAML that users write.
package enum Prelude {
  static let files = [
    "constraints.yaml": PackageResources.constraints_yaml,
    "f_divergences.yaml": PackageResources.f_divergences_yaml,
    "game_penalties.yaml": PackageResources.game_penalties_yaml,
    "gradient_penalties.yaml": PackageResources.gradient_penalties_yaml,
    "layers.yaml": PackageResources.layers_yaml,
    "objectives.yaml": PackageResources.objectives_yaml,
    "regularizers.yaml": PackageResources.regularizers_yaml,
    "roles.yaml": PackageResources.roles_yaml,
    "single_player.yaml": PackageResources.single_player_yaml,
  ]

  /// Prefix of the names of the prelude's files, by which diagnostics and `advas-run config` tell them from the user's.
  package static let namePrefix = "<prelude "

  /// The text of one of its files, `objectives.yaml`.
  package static func text(of file: String) -> String? {
    files[file].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The prelude's definitions and its default `bind`.
  static func load(_ context: CheckingContext) -> (definitions: Definitions, bind: SpecNode?) {
    var definitions = Definitions()
    var bind: SpecNode?
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name != WrittenLayers.file {
      let file = SourceFile(
        name: "\(namePrefix)\(name)>", text: String(decoding: bytes, as: UTF8.self))
      guard let tree = YAMLComposer.read(file, into: &context.diagnostics) else { continue }
      var reader = MappingReader(tree, "the prelude", at: [name], context)
      bind = reader.take(SpecKeys.bind) ?? bind
      definitions.readEntries(&reader)
      reader.finish()
    }
    return (definitions, bind)
  }
}
