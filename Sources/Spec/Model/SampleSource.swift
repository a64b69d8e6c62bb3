import Functions

/// What is drawn as pictures, and what metrics measure.
public struct SampleSource: Sendable {
  /// The `let` values around `value`, each behind those that it names.
  public var bindings: [LetBinding] = []
  /// One value per sample, of networks in evaluation mode.
  public var value: TypedExpression
  /// Samples per picture.
  public var count: Int
  /// Whether averaged parameters are used, of networks that have them.
  public var usesAverage = false
  /// What makes data of the value.
  public var map = Map.identity
  /// What is black and white in pictures; nil for the range of the data.
  public var range: ClosedRange<Double>?
  /// The largest magnitude of a normal latent; nil for any.
  public var truncation: Double?
  /// Batches whose statistics take the place of running ones; nil for the running ones.
  public var standingBatches: Int?
  /// Whether layers draw the same for every sample.
  public var fixesNoise = false
  /// What it is called: `M, S` for S(M(z)), or the expression as written.
  public var title: String

  /// A function of each value.
  public enum Map: String, Hashable, Sendable, CaseIterable {
    case identity
    /// The output is logits of probabilities.
    case sigmoid
  }

  init(bindings: [LetBinding], value: TypedExpression, count: Int, title: String) {
    (self.bindings, self.value, self.count, self.title) = (bindings, value, count, title)
  }

  /// Networks of which each is fed by the one before, and the first by streams, one for each of its inputs.
  package init(chain networks: [Network], streams: [Stream], count: Int) {
    var arguments = streams.map { stream in
      TypedExpression(
        term: .stream(stream.name), type: .perSample(stream.shape), span: stream.span,
        derivativeOrder: 0, networks: [])
    }
    for network in networks {
      let call = Term.call(network: network.name, arguments, output: nil)
      arguments = [
        TypedExpression(
          term: call, type: .perSample(network.output), span: network.span, derivativeOrder: 0,
          networks: [network.name])
      ]
    }
    self.init(
      bindings: [], value: arguments[0], count: count,
      title: networks.map(\.name).joined(separator: ", "))
  }

  /// Shape of one sample.
  public var shape: [Int] { value.type.shape?.sizes ?? [] }

  /// The network whose output the samples are, and which; nil where something is made of that.
  public var network: String? {
    if case .call(let network, _, _) = value.term { network } else { nil }
  }

  /// What messages call the samples.
  package var name: String { network ?? "samples" }

  /// The same of current weights where these are averages, of averages where they are not.
  package var ofOtherWeights: SampleSource {
    var other = self
    other.usesAverage.toggle()
    return other
  }

  /// Networks that take part, those that feed others first.
  public var networks: [String] {
    names { if case .call(let network, _, _) = $0 { network } else { nil } }
  }

  /// Streams that feed them, in the order of the text.
  public var streams: [String] {
    names {
      switch $0 {
      case .stream(let name), .freshStream(let name, _): name
      default: nil
      }
    }
  }

  private func names(_ name: (Term) -> String?) -> [String] {
    var found: [String] = []
    func visit(_ expression: TypedExpression) {
      expression.operands.forEach(visit)
      if let name = name(expression.term), !found.contains(name) { found.append(name) }
    }
    for value in bindings.map(\.value) + [value] { visit(value) }
    return found
  }
}

extension SampleSource {
  /// The layer whose values the samples are; nil where something is made of a network's output.
  func lastLayer(of networks: [Network]) -> Layer? {
    guard case .call(let name, _, let output) = value.term,
      let network = networks.first(where: { $0.name == name })
    else { return nil }
    guard let path = network.outputs.first(where: { $0.name == output })?.path else {
      return network.layers.last
    }
    return network.allLayers.first { $0.path == path }
  }
}
