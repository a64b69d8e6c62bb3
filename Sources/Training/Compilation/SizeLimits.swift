import Diagnostics
import Spec

extension Experiment {
  /// Throws where a single value or parameter is larger than `byteLimit`: before lowering, whose
  /// arithmetic on sizes relies on sizes that could exist.
  func requireSizes(below byteLimit: Int, elementBytes: Int) throws(Diagnostic) {
    let batch = max(streams.map(\.batch).max() ?? 1, output.sample?.count ?? 1)
    let limit = byteLimit / elementBytes
    for stream in streams {
      try Self.require(
        stream.shape, times: batch, limit, "the batch of '\(stream.name)'", stream.span)
    }
    for layer in networks.flatMap(\.allLayers) {
      for shape in layer.inputShapes + [layer.outputShape] {
        try Self.require(shape, times: batch, limit, "a batch of '\(layer.path)'", layer.span)
      }
    }
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
