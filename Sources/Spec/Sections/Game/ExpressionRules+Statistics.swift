import Diagnostics
import Layers
import Syntax

/// Statistics over one value: its mean is the value itself and its variance 0, so that nothing is learned from either.
extension ExpressionRules {
  /// Where the samples of a value come from.
  private struct Scene {
    var samples: Int
    /// Networks that see halves of the batch: those of the player whose loss is taken of one.
    var halved: Set<String> = []
    var isHalf = false

    func samples(in network: String) -> Int { halved.contains(network) ? samples / 2 : samples }
  }

  private struct Turn: Hashable {
    var player: String
    var isHalf: Bool
    var penalties: Bool
  }

  /// Reports batch norm and variances of a player's terms that are sure to see one value.
  func checkStatistics(of player: Player, _ networks: [Network], _ context: CheckingContext) {
    let roots =
      [(player.minimizes, player.bindings, player.span)]
      + player.penalties.map { ($0.value, $0.bindings, $0.span) }
    var reported: Set<String> = []
    for (value, bindings, place) in roots {
      let used = usedStreams(value, bindings)
      let stream = streams.first { used.contains($0.name) } ?? streams.first
      guard let samples = player.batch ?? stream?.batch else { continue }
      var seen: Set<Turn> = []
      visitStatistics(value, bindings, Scene(samples: samples), &seen) { part, scene in
        guard let fault = fault(of: part, scene, networks) else { return }
        guard reported.insert(fault.message).inserted else { return }
        context.adopt(fault.placed(at: place))
      }
    }
  }

  private func visitStatistics(
    _ value: TypedExpression, _ bindings: [LetBinding], _ scene: Scene, _ seen: inout Set<Turn>,
    _ body: (TypedExpression, Scene) -> Void
  ) {
    var losses: [Turn] = []
    visit(value, bindings) { part in
      body(part, scene)
      guard case .loss(let name, let half, _, let penalties) = part.term else { return }
      losses.append(Turn(player: name, isHalf: half != nil, penalties: penalties))
    }
    for loss in losses where seen.insert(loss).inserted {
      guard let player = players.first(where: { $0.name == loss.player }) else { continue }
      var inner = Scene(samples: scene.samples)
      if loss.isHalf { (inner.halved, inner.isHalf) = (Set(player.trains), true) }
      visitStatistics(player.minimizes, player.bindings, inner, &seen, body)
      for penalty in loss.penalties ? player.penalties : [] {
        visitStatistics(penalty.value, penalty.bindings, inner, &seen, body)
      }
    }
  }

  private func fault(
    of part: TypedExpression, _ scene: Scene, _ networks: [Network]
  ) -> Diagnostic? {
    switch part.term {
    case .call(let name, _):
      guard scene.samples(in: name) == 1 else { return nil }
      let network = networks.first { $0.name == name }
      let layer = network?.allLayers.first {
        $0.mixesSamples && $0.inputShapes.first?.dropFirst().allSatisfy { $0 == 1 } ?? false
      }
      guard let layer else { return nil }
      let isHalf = scene.halved.contains(name)
      let batch = isHalf ? "halves of a batch of \(scene.samples)" : "a batch of 1"
      return Diagnostic(
        .error,
        "'\(layer.path)' sees one value a channel in \(batch), and takes its mean from it: nothing is left",
        at: layer.span,
        hint: "use a batch of at least \(isHalf ? 4 : 2), or leave the layer out",
        notes: [Diagnostic(.note, "the network is called here", at: part.span)])
    case .reduce(.var, let value, let axes):
      guard case .perSample(let shape) = value.type, count(shape, axes, scene) == 1 else {
        return nil
      }
      return Diagnostic(
        .error, "this is the variance of one value, which is 0", at: part.span,
        hint: axes == .all ? "use a larger batch" : "var(v) is over all samples")
    default: return nil
    }
  }

  /// How many values a reduction of samples of this shape takes together.
  private func count(_ shape: [Int], _ axes: Axes, _ scene: Scene) -> Int? {
    switch axes {
    case .all: (scene.isHalf ? scene.samples / 2 : scene.samples) * shape.reduce(1, *)
    case .sample: shape.reduce(1, *)
    case .channel: shape.dropFirst().reduce(1, *)
    case .distinct: nil
    }
  }
}
