import Diagnostics

extension Output {
  /// Reads `output`, `log`, `samples` and `checkpoint`.
  static func read(
    _ top: inout MappingReader, networks: [Network], streams: [Stream],
    averages: [NetworkAverage], failed: Set<String>, _ context: CheckingContext
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
    let hasAverage = averages.contains { $0.network == source?.network }
    let parameters = samples.choice(
      "use", default: hasAverage ? "ema" : "current", among: ["current", "ema"])
    source?.usesAverage = parameters == "ema"
    if parameters == "ema", !hasAverage, let network = source?.network {
      context.error(
        "'samples' uses the average of '\(network)', which has none",
        at: samples.take("use")?.span ?? samples.place,
        hint: "add ema: {\(network): {decay: 0.999}}")
    }
    samples.finish()
    var checkpoint = section("checkpoint")
    let checkpointEvery = checkpoint.rounds("every", default: 5000, from: 0)
    let keep = checkpoint.integer("keep", default: 3, in: 1...1_000_000)
    checkpoint.finish()
    return Output(
      directory: directory, logEvery: logEvery, sampleEvery: sampleEvery, sample: source,
      checkpointEvery: checkpointEvery, keepCheckpoints: keep)
  }
}

extension SampleSource {
  /// Reads `network`, `streams` and `count` of `samples`; without them, the network that makes data from latent streams.
  fileprivate static func read(
    _ reader: inout MappingReader, networks: [Network], streams: [Stream], failed: Set<String>
  ) -> SampleSource? {
    let context = reader.context
    let count = reader.integer("count", default: 64, in: 1...65_536)
    let given = reader.take("network").flatMap { context.string($0, "'network' of 'samples'") }
    let names = reader.take("streams").flatMap { context.names($0, "'streams' of 'samples'") }
    guard let given else {
      if let names {
        context.error(
          "'streams' of 'samples' needs a 'network'", at: names.first?.span ?? reader.place)
      }
      let chosen = generator(networks, streams)
      if let chosen { context.recordDefault("network", chosen.name, at: reader.path) }
      return chosen.map {
        SampleSource(network: $0.name, streams: $0.inputs.map(\.name), count: count)
      }
    }
    guard let network = networks.first(where: { $0.name == given.text }) else {
      if !failed.contains(given.text) {
        let known = networks.map(\.name)
        context.error(
          "there is no network '\(given.text)'", at: given.span,
          hint: suggestion(for: given.text, among: known) ?? "networks are \(listing(known))")
      }
      return nil
    }
    let arguments = names?.map(\.text) ?? network.inputs.map(\.name)
    for (index, name) in arguments.enumerated() {
      let place = names.map { $0[index].span } ?? given.span
      guard let stream = streams.first(where: { $0.name == name }) else {
        if failed.contains(name) { return nil }
        context.error(
          "there is no stream '\(name)' for network '\(network.name)'", at: place,
          hint: names == nil
            ? "add 'streams', one for each input"
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
        at: given.span)
      return nil
    }
    return SampleSource(network: network.name, streams: arguments, count: count)
  }

  /// The first network whose output looks like the data and whose inputs are other streams.
  private static func generator(_ networks: [Network], _ streams: [Stream]) -> Network? {
    guard let data = streams.first, case .data = data.source else { return nil }
    return networks.first { network in
      network.output == data.shape
        && network.inputs.allSatisfy { input in
          streams.contains {
            $0.name == input.name && $0.name != data.name && $0.shape == input.shape
          }
        }
    }
  }
}
