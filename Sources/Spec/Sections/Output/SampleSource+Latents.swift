import Diagnostics
import Layers
import Syntax

extension SampleSource {
  /// Reads `truncation`, `statistics` and `batches`.
  static func readLatents(
    _ reader: inout MappingReader, _ source: SampleSource?, _ scene: SampleScene
  ) -> (truncation: Double?, batches: Int?) {
    let context = reader.context
    let truncation = reader.given(SampleKeys.truncation)
    if let node = reader.take(SampleKeys.truncation), let source,
      !source.drawsNormal(scene.streams)
    {
      context.error(
        "'truncation' is about normal latents, but samples are made of none", at: node.span,
        hint: "leave it out")
    }
    let word = reader.value(of: SampleKeys.statistics) ?? "running"
    let batches = reader.given(SampleKeys.batches)
    guard word == "standing" else {
      if let node = reader.take(SampleKeys.batches) {
        context.error(
          "'batches' of 'samples' needs 'statistics: standing'", at: node.span,
          hint: "running statistics are those of training steps")
      }
      return (truncation, nil)
    }
    if let source, !source.hasStatistics(scene.networks) {
      context.error(
        "'statistics: standing', but no network that makes samples has running statistics",
        at: reader.take(SampleKeys.statistics)?.span ?? reader.place,
        hint: "they are batch norm's; leave 'statistics' out")
    }
    return (truncation, batches ?? 16)
  }

  private func drawsNormal(_ all: [Stream]) -> Bool {
    all.contains { stream in
      if case .normal = stream.source { streams.contains(stream.name) } else { false }
    }
  }

  private func hasStatistics(_ all: [Network]) -> Bool {
    all.filter { networks.contains($0.name) }.flatMap(\.allLayers).contains { layer in
      layer.declaredVariables.contains { !$0.isParameter }
    }
  }
}
