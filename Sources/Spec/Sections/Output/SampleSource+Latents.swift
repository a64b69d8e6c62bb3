import Diagnostics
import Layers
import Syntax

extension SampleSource {
  /// Reads `truncation`, `statistics` and `batches`.
  static func readLatents(
    _ reader: inout MappingReader, _ source: SampleSource?, _ scene: SampleScene
  ) -> (truncation: Double?, batches: Int?) {
    let context = reader.context
    let node = reader.take("truncation")
    let truncation = node.flatMap {
      context.number($0, reader.title("truncation"), in: 0.01...10)
    }
    if let node, let source, !source.drawsNormal(scene.streams) {
      context.error(
        "'truncation' is about normal latents, but samples are made of none", at: node.span,
        hint: "leave it out")
    }
    let word = reader.choice("statistics", default: "running", among: ["running", "standing"])
    let batches = reader.optionalInteger("batches", in: 1...10_000)
    guard word == "standing" else {
      if let node = reader.take("batches") {
        context.error(
          "'batches' of 'samples' needs 'statistics: standing'", at: node.span,
          hint: "running statistics are those of training steps")
      }
      return (truncation, nil)
    }
    if let source, !source.hasStatistics(scene.networks) {
      context.error(
        "'statistics: standing', but no network that makes samples has running statistics",
        at: reader.take("statistics")?.span ?? reader.place,
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
