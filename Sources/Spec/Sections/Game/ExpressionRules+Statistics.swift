import Diagnostics
import Functions
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

    /// How many samples the terms of a loss see.
    var samplesOfTerms: Int { isHalf ? samples / 2 : samples }
    var batch: String { isHalf ? "halves of a batch of \(samples)" : "a batch of \(samples)" }
  }

  private struct Report: Hashable {
    var message: String
    var span: SourceSpan?
  }

  private struct Turn: Hashable {
    var player: String
    var isHalf: Bool
    var penalties: Bool
  }

  /// Reports batch norm and variances of the players' terms that are sure to see one value, each place once.
  func checkStatistics(_ networks: [Network], _ context: CheckingContext) {
    var reported: Set<Report> = []
    for player in players { checkStatistics(of: player, networks, &reported, context) }
  }

  private func checkStatistics(
    of player: Player, _ networks: [Network], _ reported: inout Set<Report>,
    _ context: CheckingContext
  ) {
    let roots =
      [(player.minimizes, player.bindings, player.span)]
      + player.penalties.map { ($0.value, $0.bindings, $0.span) }
    for (value, bindings, place) in roots {
      let used = usedStreams(value, bindings)
      let stream = streams.first { used.contains($0.name) } ?? streams.first
      guard let samples = player.batch ?? stream?.batch else { continue }
      var seen: Set<Turn> = []
      visitStatistics(value, bindings, Scene(samples: samples), &seen) { part, scene in
        guard let fault = fault(of: part, scene, networks)?.placed(at: place) else { return }
        let report = Report(message: fault.message, span: fault.span)
        guard reported.insert(report).inserted else { return }
        context.adopt(fault)
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
      for (value, bindings) in player.termsOfLoss(penalties: loss.penalties) {
        visitStatistics(value, bindings, inner, &seen, body)
      }
    }
  }

  private func fault(
    of part: TypedExpression, _ scene: Scene, _ networks: [Network]
  ) -> Diagnostic? {
    switch part.term {
    case .call(let name, _, _):
      guard let network = networks.first(where: { $0.name == name }) else { return nil }
      return fault(of: network, calledAt: part.span, scene)
    case .reduce(_, let value, .distinct)
    where part.reducedCount(samples: scene.samplesOfTerms) == 0:
      let what = value.samplesInPack == 1 ? "samples" : "packs of \(value.samplesInPack)"
      return Diagnostic(
        .error, "there are no two different \(what) in \(scene.batch)", at: part.span,
        hint: "use a larger batch")
    case .reduce(.var, _, let axes)
    where part.reducedCount(samples: scene.samplesOfTerms) == 1:
      return Diagnostic(
        .error, "this is the variance of one value, which is 0", at: part.span,
        hint: axes == .all ? "use a larger batch" : "var(v) is over all samples")
    case .reduceAlong(.var, _, let axes)
    where part.reducedCount(samples: scene.samplesOfTerms) == 1:
      return Diagnostic(
        .error, "this is the variance of one value, which is 0", at: part.span,
        hint: axes.batch ? "use a larger batch" : "var(v, along=batch) is over all samples")
    default: return nil
    }
  }

  /// The first layer that takes a statistic of one value in steps.
  private func fault(
    of network: Network, calledAt place: SourceSpan, _ scene: Scene
  ) -> Diagnostic? {
    let samples = scene.samples(in: network.name)
    let notes = [Diagnostic(.note, "the network is called here", at: place)]
    for layer in network.allLayers {
      let isOneValue = layer.inputShapes.first?.dropFirst().allSatisfy { $0 == 1 } ?? false
      if samples == 1, layer.mixesSamples, isOneValue {
        let isHalf = scene.halved.contains(network.name)
        let batch = isHalf ? scene.batch : "a batch of 1"
        return Diagnostic(
          .error,
          "'\(layer.path)' sees one value a channel in \(batch), and takes its mean from it: nothing is left",
          at: layer.span,
          hint: "use a batch of at least \(isHalf ? 4 : 2), or leave the layer out", notes: notes)
      }
      if layer.takesVarianceOfOneValue(samples: samples) {
        return Diagnostic(
          .error,
          "'\(layer.path)' takes the variance of one value, which is 0: nothing is left",
          at: layer.span, hint: "leave the layer out", notes: notes)
      }
    }
    return nil
  }
}

extension Layer {
  /// Whether a layer that YAML defines takes a variance of one value in a batch of `samples`.
  fileprivate func takesVarianceOfOneValue(samples: Int) -> Bool {
    guard case .defined(let layer?) = kind else { return false }
    return (layer.bindings.map(\.value) + [layer.training]).contains {
      $0.takesVarianceOfOneValue(samples: samples)
    }
  }
}

extension TypedExpression {
  fileprivate func takesVarianceOfOneValue(samples: Int) -> Bool {
    switch term {
    case .reduce(.var, _, _), .reduceAlong(.var, _, _):
      if reducedCount(samples: samples) == 1 { return true }
    default: break
    }
    return operands.contains { $0.takesVarianceOfOneValue(samples: samples) }
  }

  /// How many values a reduction takes together in a batch of `samples`; nil for what is none, where it is open, and
  /// beyond what an integer holds.
  fileprivate func reducedCount(samples: Int) -> Int? {
    switch term {
    case .reduce(_, let value, let axes):
      let parts = if case .half = value.term { 2 } else { 1 }
      let samples = samples / value.samplesInPack / parts
      switch (value.type, axes) {
      case (.pairs, .all): return samples * samples
      case (.pairs, .sample): return samples
      case (.pairs, .distinct): return samples * (samples - 1)
      case (.perSample(let shape), .all): return count([samples] + shape)
      case (.perSample(let shape), .sample): return count(shape)
      case (.perSample(let shape), .channel): return count(Array(shape.dropFirst()))
      case (.tensor(let shape), .all) where !shape.isOpen:
        return count((shape.hasBatch ? [samples] : []) + shape.sizes)
      default: return nil
      }
    case .reduceAlong(_, let value, let axes):
      guard let sizes = value.type.shape?.sizes else { return nil }
      let reduced = axes.places.map { sizes[$0] }
      return count((axes.batch ? [samples / value.samplesInPack] : []) + reduced)
    default: return nil
    }
  }

  private func count(_ sizes: [Int]) -> Int? { Limits.product(sizes, atMost: .max) }
}
