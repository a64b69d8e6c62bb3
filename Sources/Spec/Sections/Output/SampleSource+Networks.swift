import Diagnostics
import Syntax

/// Samples that networks make of streams, one feeding the next.
extension SampleSource {
  /// Reads `network` and `streams`; without them, what makes data from latent streams.
  static func readNetworks(
    _ reader: inout MappingReader, count: Int, networks: [Network], streams: [Stream],
    failed: Set<String>
  ) -> SampleSource? {
    let context = reader.context
    let given = reader.given(SampleKeys.network) ?? []
    let names = reader.given(SampleKeys.streams)
    if given.isEmpty {
      if let names {
        context.error(
          "'streams' of 'samples' needs a 'network'", at: names.first?.span ?? reader.place)
      }
      let chosen = generator(networks, streams)
      let list = chosen.map(\.name).joined(separator: ", ")
      guard let first = chosen.first else { return nil }
      context.recordDefault("network", chosen.count == 1 ? list : "[\(list)]", at: reader.path)
      let feeding = first.inputs.compactMap { input in
        streams.first { $0.name == input.name }
      }
      return SampleSource(chain: chosen, streams: feeding, count: count)
    }
    guard let chain = chain(given, networks, failed, context),
      let arguments = arguments(names, of: chain[0], at: given[0].span, streams, failed, context)
    else { return nil }
    return SampleSource(chain: chain, streams: arguments, count: count)
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
  ) -> [Stream]? {
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
        "network '\(network.name)' has \(counted(network.inputs.count, "input")), but 'streams' names \(arguments.count)",
        at: span)
      return nil
    }
    return arguments.compactMap { name in streams.first { $0.name == name } }
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
