import Diagnostics
import Functions
import Layers
import Optimizers
import Syntax

/// The language as editors complete it: the same keys that reading, the schema and the tables are made of.
package enum SpecLanguage {
  /// The keys of a spec.
  package static let keys: [any AnyKey] = SpecKeys.all

  /// What an entry of a list of layers may be, but for blocks and layers that a spec defines.
  package static let layers = ValueSchema.EntryTypes(
    shared: LayerTypes.shared, LayerTypes.declarations.map { ($0.name, $0.allKeys) })

  /// What a schedule may be.
  package static let schedules = ValueSchema.EntryTypes(
    shared: ScheduleKeys.all,
    ScheduleCatalogue.declarations.map { ($0.name, [RoundSchedule.warmup] + $0.keys) })

  /// Functions of the expression language.
  package static let functions: [(name: String, signature: String, summary: String)] =
    BuiltIn.table.map { ($0.name, $0.signature, $0.summary) }
    + FunctionCatalogue.all.map { $0.declaration }.map { ($0.name, $0.signature, $0.summary) }

  /// What objectives and regularizers call the parts of a game.
  package static let roles: [String] = {
    let (_, bind) = Prelude.load(CheckingContext())
    return (bind?.entries ?? []).map { $0.key.text.definedName }
  }()

  /// Where the prelude defines an objective, a regularizer, a role or a layer.
  package static func placeInPrelude(of name: String) -> SourceSpan? {
    let (definitions, bind) = Prelude.load(CheckingContext())
    let role = bind?.entries?.first { $0.key.text.definedName == name }
    return definitions.objectives[name]?.place ?? definitions.regularizers[name]?.place
      ?? WrittenLayers.prelude.layers[name]?.place ?? role?.key.span
  }
}
