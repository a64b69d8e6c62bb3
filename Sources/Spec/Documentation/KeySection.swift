import Data
import Layers
import Metrics
import Optimizers
import Syntax

/// The keys of one mapping of a spec, as documentation lists them.
struct KeySection {
  /// What the part of the page is called.
  var title: String
  var keys: [any AnyKey]
  /// Further keys, by the words that have them.
  var types: [(name: String, keys: [any AnyKey])] = []

  static let all = [
    KeySection(title: "top", keys: SpecKeys.all),
    KeySection(
      title: "data", keys: StreamKeys.data,
      types: [("sets that are read", DatasetView.keys)]
        + DatasetType.all.map { (code($0.name), $0.keys) }),
    KeySection(title: "latent", keys: StreamKeys.latent),
    KeySection(title: "networks", keys: NetworkKeys.all),
    KeySection(title: "networks.from", keys: WeightFileKeys.all),
    KeySection(
      title: "layers", keys: LayerTypes.shared,
      types: LayerTypes.declarations.map { (code($0.name), $0.allKeys) }),
    KeySection(title: "objective", keys: [ObjectiveKeys.type]),
    KeySection(title: "regularizers", keys: RegularizerKeys.all),
    KeySection(title: "players", keys: PlayerKeys.all),
    KeySection(title: "players.more_steps", keys: MoreStepsKeys.all),
    KeySection(title: "players.penalties", keys: PenaltyKeys.all),
    KeySection(title: "scalars", keys: ScalarKeys.all),
    KeySection(title: "state", keys: StateKeys.all),
    KeySection(
      title: "optimizer", keys: MethodKeys.all, types: types(OptimizerCatalogue.declarations)),
    KeySection(title: "optimizer.rest", keys: RestKeys.all),
    KeySection(
      title: "schedule", keys: ScheduleKeys.all, types: types(ScheduleCatalogue.declarations)),
    KeySection(title: "train", keys: TrainingKeys.all),
    KeySection(
      title: "train.update", keys: [UpdateRule.type],
      types: UpdateRule.words.map { (code($0), UpdateRule.keys(of: $0)) }),
    KeySection(title: "ema", keys: AverageKeys.all),
    KeySection(title: "output", keys: OutputKeys.all),
    KeySection(title: "log", keys: LogKeys.all),
    KeySection(title: "samples", keys: SampleKeys.all),
    KeySection(
      title: "metrics", keys: [MetricKeys.type] + MetricKeys.common,
      types: [("metrics of samples", MetricKeys.ofSamples), ("your own", MetricKeys.own)]
        + MetricCatalogue.declarations.map { (code($0.name), $0.keys) }
        + GameMetric.all.map { (code($0.name), $0.keys) }),
    KeySection(title: "features", keys: MetricKeys.ofFeatures),
    KeySection(
      title: "detectors", keys: [DetectorKeys.type] + DetectorKeys.common,
      types: [("your own", DetectorKeys.limit)] + types(DetectorType.declarations)),
    KeySection(title: "checkpoint", keys: CheckpointKeys.all),
    KeySection(title: "lint", keys: LintKeys.all),
    KeySection(title: "define", keys: DefineKeys.all),
    KeySection(title: "define.layers", keys: WrittenLayerKeys.all),
    KeySection(title: "define.layers.value", keys: WrittenLayerKeys.ofValue),
    KeySection(title: "define.layers.parameters", keys: WrittenVariable.parameterKeys),
    KeySection(title: "define.layers.buffers", keys: WrittenVariable.bufferKeys),
    KeySection(title: "define.objectives", keys: DefinitionKeys.ofObjective),
    KeySection(title: "define.objectives.players", keys: DefinedPlayerKeys.all),
    KeySection(title: "define.regularizers", keys: DefinitionKeys.ofRegularizer),
    KeySection(title: "define.regularizers.parameters", keys: DefinitionKeys.ofParameter),
  ]

  private static func types(
    _ declarations: [Declaration]
  ) -> [(name: String, keys: [any AnyKey])] {
    declarations.map { (code($0.name), $0.keys) }
  }

  private static func code(_ name: String) -> String { "`\(name)`" }

  /// Every key with those that declare it so: a key that means several things has several rows.
  var rows: [(key: any AnyKey, owners: [String])] {
    var rows: [(key: any AnyKey, owners: [String])] = keys.map { ($0, []) }
    for type in types {
      for key in type.keys {
        let known = rows.firstIndex {
          $0.key.name == key.name && $0.key.meaning == key.meaning && $0.key.looks == key.looks
            && $0.key.fallbackText == key.fallbackText && !$0.owners.isEmpty
        }
        if let known {
          rows[known].owners.append(type.name)
        } else {
          rows.append((key, [type.name]))
        }
      }
    }
    return rows
  }
}
