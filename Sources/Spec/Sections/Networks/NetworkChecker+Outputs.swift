import Diagnostics
import Syntax

extension NetworkChecker {
  /// The layers that `outputs` names; nil after a diagnostic.
  func outputs(
    _ names: [LocatedText], of result: LayerListBuilder.Result, _ network: String
  ) -> [NetworkOutput]? {
    var outputs: [NetworkOutput] = []
    var isFaulty = false
    for name in names {
      switch output(name, result, network) {
      case _ where outputs.contains(where: { $0.name == name.text }):
        context.error(
          "network '\(network)' has the output '\(name.text)' twice", at: name.span,
          hint: "name it once")
        isFaulty = true
      case let output?: outputs.append(output)
      case nil: isFaulty = true
      }
    }
    return isFaulty ? nil : outputs
  }

  private func output(
    _ name: LocatedText, _ result: LayerListBuilder.Result, _ network: String
  ) -> NetworkOutput? {
    let operand = result.names[name.text]
    if let operand, case .layer(let path) = operand.source {
      // Behind a fault there is no shape, and the fault has been reported.
      return operand.shape.map { NetworkOutput(name: name.text, path: path, shape: $0) }
    }
    if let operand, case .previous = operand.source { return nil }
    let layers = result.names.filter { if case .layer = $1.source { true } else { false } }
    let known = layers.keys.sorted()
    context.error(
      operand == nil
        ? "no layer of network '\(network)' has the name '\(name.text)'"
        : "'\(name.text)' is an input of network '\(network)', not a layer",
      at: name.span,
      hint: suggestion(for: name.text, among: known)
        ?? (known.isEmpty
          ? "name the layer, as in linear: {out: 10, name: \(name.text)}"
          : "named layers are \(listing(known)); those inside residual branches have no name here"))
    return nil
  }
}
