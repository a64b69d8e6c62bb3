import Diagnostics
import Spec

extension Experiment {
  /// Throws where a single value or parameter is larger than `byteLimit`: before lowering, whose
  /// arithmetic on sizes relies on sizes that could exist.
  func requireSizes(below byteLimit: Int, elementBytes: Int) throws(Diagnostic) {
    let batches = streams.map(\.batch) + players.compactMap(\.batch)
    let batch = max(batches.max() ?? 1, output.sample?.count ?? 1)
    let limit = byteLimit / elementBytes
    for stream in streams {
      try Self.require(
        stream.shape, times: batch, limit, "the batch of '\(stream.name)'", stream.span)
    }
    for expression in players.flatMap(\.expressions) + metrics.flatMap(\.expressions) {
      try Self.require(expression, batch, limit)
    }
    for layer in networks.flatMap(\.allLayers) {
      for shape in layer.inputShapes + [layer.outputShape] {
        try Self.require(shape, times: batch, limit, "a batch of '\(layer.path)'", layer.span)
      }
    }
  }

  /// Values that no stream or layer has: channels side by side, and pairs of samples.
  private static func require(
    _ expression: TypedExpression, _ batch: Int, _ limit: Int
  ) throws(Diagnostic) {
    switch (expression.term, expression.type) {
    case (.concatenate, .perSample(let shape)):
      try require(shape, times: batch, limit, "a batch of this", expression.span)
    case (.squaredDistances(let a, _), _):
      guard case .perSample(let shape) = a.type else { break }
      try require([batch] + shape, times: batch, limit, "a batch of pairs", expression.span)
    default: break
    }
    for operand in expression.operands { try require(operand, batch, limit) }
  }

  private static func require(
    _ shape: [Int], times batch: Int, _ limit: Int, _ what: String, _ span: SourceSpan
  ) throws(Diagnostic) {
    var count = batch
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= limit else {
        throw Diagnostic(
          .error, "\(what), \(batch) x \(shape), is larger than the memory of this machine",
          at: span,
          hint: "make the batch or the shape smaller")
      }
      count = product
    }
  }
}

extension MetricEntry {
  /// All that it evaluates, where it is an expression.
  fileprivate var expressions: [TypedExpression] {
    guard case .expression(let bindings, let value, _) = measure else { return [] }
    return bindings.map(\.value) + [value]
  }
}

extension Player {
  /// All that the player's steps evaluate.
  fileprivate var expressions: [TypedExpression] {
    let bindings = bindings + penalties.flatMap(\.bindings)
    return [minimizes] + penalties.map(\.value) + bindings.map(\.value)
  }
}
