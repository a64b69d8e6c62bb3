import Diagnostics
import Syntax

extension Output {
  /// Reads `output`, `log`, `samples` and `checkpoint`; `map` is what the objective says of a network's samples.
  static func read(
    _ top: inout MappingReader, networks: [Network], streams: [Stream],
    averages: [NetworkAverage], map: (String) -> SampleSource.Map, failed: Set<String>,
    _ context: CheckingContext
  ) -> Output {
    func section(_ key: String) -> MappingReader {
      let node = top.take(key)
      return MappingReader(
        node ?? .synthesized("", at: top.place), "'\(key)'", at: [key], place: node?.span, context)
    }
    var output = section("output")
    let directory = output.string("dir", default: "runs")
    output.finish()
    var log = section("log")
    let logEvery = log.rounds("every", default: 100, from: 1)
    log.finish()
    var samples = section("samples")
    let sampleEvery = samples.rounds("every", default: 1000, from: 0)
    var source = SampleSource.read(
      &samples, networks: networks, streams: streams, failed: failed)
    let hasAverage = averages.contains { source?.networks.contains($0.network) ?? false }
    let parameters = samples.choice(
      "use", default: hasAverage ? "ema" : "current", among: ["current", "ema"])
    source?.usesAverage = parameters == "ema"
    if parameters == "ema", !hasAverage, let network = source?.network {
      context.error(
        "'samples' uses the average of '\(network)', which has none",
        at: samples.take("use")?.span ?? samples.place,
        hint: "add ema: {\(network): {decay: 0.999}}")
    }
    let map = samples.choice(
      "through", default: (source.map { map($0.network) } ?? .identity).rawValue,
      among: SampleSource.Map.allCases.map(\.rawValue))
    source?.map = SampleSource.Map(rawValue: map) ?? .identity
    samples.finish()
    var checkpoint = section("checkpoint")
    let checkpointEvery = checkpoint.rounds("every", default: 5000, from: 0)
    let minutes = checkpoint.number("minutes", default: 10, in: 0...1e6)
    let keep = checkpoint.integer("keep", default: 3, in: 1...1_000_000)
    checkpoint.finish()
    return Output(
      directory: directory, logEvery: logEvery, sampleEvery: sampleEvery, sample: source,
      checkpointEvery: checkpointEvery, checkpointMinutes: minutes, keepCheckpoints: keep)
  }
}

extension SampleSource {
  /// Reads `network`, `streams` and `count` of `samples`; without them, what makes data from latent streams.
  fileprivate static func read(
    _ reader: inout MappingReader, networks: [Network], streams: [Stream], failed: Set<String>
  ) -> SampleSource? {
    let context = reader.context
    let count = reader.integer("count", default: 64, in: 1...65_536)
    let given = reader.take("network").flatMap { context.names($0, "'network' of 'samples'") } ?? []
    let names = reader.take("streams").flatMap { context.names($0, "'streams' of 'samples'") }
    if given.isEmpty {
      if let names {
        context.error(
          "'streams' of 'samples' needs a 'network'", at: names.first?.span ?? reader.place)
      }
      let chosen = generator(networks, streams)
      let list = chosen.map(\.name).joined(separator: ", ")
      guard let first = chosen.first else { return nil }
      context.recordDefault("network", chosen.count == 1 ? list : "[\(list)]", at: reader.path)
      return SampleSource(
        networks: chosen.map(\.name), streams: first.inputs.map(\.name), count: count)
    }
    guard let chain = chain(given, networks, failed, context),
      let arguments = arguments(names, of: chain[0], at: given[0].span, streams, failed, context)
    else { return nil }
    return SampleSource(networks: chain.map(\.name), streams: arguments, count: count)
  }

  /// The networks of these names, each of which takes what the one before makes.
  private static func chain(
    _ names: [LocatedText], _ networks: [Network], _ failed: Set<String>,
    _ context: CheckingContext
  ) -> [Network]? {
    var chain: [Network] = []
    for name in names {
      guard let network = networks.first(where: { $0.name == name.text }) else {
        if !failed.contains(name.text) {
          let known = networks.map(\.name)
          context.error(
            "there is no network '\(name.text)'", at: name.span,
            hint: suggestion(for: name.text, among: known) ?? "networks are \(listing(known))")
        }
        return nil
      }
      if let before = chain.last, network.inputs.map(\.shape) != [before.output] {
        context.error(
          "'\(before.name)' makes \(describe(shape: before.output)), but '\(name.text)' takes \(network.inputs.map { describe(shape: $0.shape) }.joined(separator: " and "))",
          at: name.span)
        return nil
      }
      guard network.hasUnnamedOutput else {
        context.error(
          "samples must say which output of network '\(network.name)' they are", at: name.span,
          hint:
            "in place of 'network' write value: \(network.name)(z).\(network.outputs[0].name)")
        return nil
      }
      chain.append(network)
    }
    return chain
  }

  /// The streams that feed a network, by the names given or those of its inputs.
  private static func arguments(
    _ names: [LocatedText]?, of network: Network, at span: SourceSpan, _ streams: [Stream],
    _ failed: Set<String>, _ context: CheckingContext
  ) -> [String]? {
    let arguments = names?.map(\.text) ?? network.inputs.map(\.name)
    for (index, name) in arguments.enumerated() {
      let place = names.map { $0[index].span } ?? span
      guard let stream = streams.first(where: { $0.name == name }) else {
        if failed.contains(name) { return nil }
        context.error(
          "there is no stream '\(name)' for network '\(network.name)'", at: place,
          hint: names == nil
            ? "add 'streams', one for each input; a network that another one feeds stands behind it, network: [M, \(network.name)]"
            : suggestion(for: name, among: streams.map(\.name)))
        return nil
      }
      if index < network.inputs.count, stream.shape != network.inputs[index].shape {
        context.error(
          "input '\(network.inputs[index].name)' of '\(network.name)' is \(describe(shape: network.inputs[index].shape)), but stream '\(name)' is \(describe(shape: stream.shape))",
          at: place)
        return nil
      }
    }
    guard arguments.count == network.inputs.count else {
      context.error(
        "network '\(network.name)' has \(network.inputs.count) inputs, but 'streams' names \(arguments.count)",
        at: span)
      return nil
    }
    return arguments
  }

  /// The first network whose output looks like the data and whose inputs are other streams; or two, of which the
  /// first is fed by such streams and feeds the second.
  private static func generator(_ networks: [Network], _ streams: [Stream]) -> [Network] {
    guard let data = streams.first, case .data = data.source else { return [] }
    func isFedByStreams(_ network: Network) -> Bool {
      network.inputs.allSatisfy { input in
        streams.contains {
          $0.name == input.name && $0.name != data.name && $0.shape == input.shape
        }
      }
    }
    let makers = networks.filter { $0.hasUnnamedOutput && $0.output == data.shape }
    if let maker = makers.first(where: isFedByStreams) { return [maker] }
    for maker in makers {
      let mapping = networks.first {
        $0.name != maker.name && $0.hasUnnamedOutput && isFedByStreams($0)
          && maker.inputs.map(\.shape) == [$0.output]
      }
      if let mapping { return [mapping, maker] }
    }
    return []
  }
}
