import Diagnostics

/// The networks G, of the latent `z`, and D, of the samples `x`.
struct DraftNetworks {
  let vars: String
  /// Numbers that G starts from.
  let latent: Int
  let text: String

  /// Writes networks that fit the samples.
  ///
  /// - Throws: where an architecture does not fit.
  init(_ architecture: Wish.Architecture, for stream: DraftStream, width: Int?)
    throws(DiagnosticBag)
  {
    switch architecture {
    case .mlp:
      self.init(connected: stream, width: width)
    case .dcgan:
      self.init(
        strided: try Pyramid(of: stream, for: architecture), width: width, ending: stream.ending)
    case .resnet:
      self.init(
        residual: try Pyramid(of: stream, for: architecture), width: width, ending: stream.ending)
    }
  }

  private init(connected stream: DraftStream, width: Int?) {
    vars = "vars: {width: \(width ?? (stream.isPicture ? 256 : 128))}     # units of a layer"
    latent = stream.isPicture ? 64 : 2
    let isVector = stream.shape.count == 1
    let size = stream.shape.map(String.init).joined(separator: "*")
    text = Self.text(
      blocks: [],
      generator: ["linear: width", "relu", "linear: width", "relu", "linear: \(size)"]
        + (isVector ? [] : ["reshape: \(stream.shape)"]) + stream.ending,
      discriminator: (isVector ? [] : ["flatten"])
        + ["linear: width", "leaky_relu: 0.2", "linear: width", "leaky_relu: 0.2", "linear: 1"])
  }

  private static let grow =
    "grow(c): [conv_transpose: {out: c, kernel: 4, stride: 2, padding: 1}, batch_norm, relu]"

  private init(strided pyramid: Pyramid, width: Int?, ending: [String]) {
    vars = "vars: {width: \(width ?? 64)}     # channels of the layers nearest to a picture"
    latent = 128
    let base = pyramid.base
    text = Self.text(
      blocks: [
        "# half the size, and twice of it",
        "shrink(c): [conv: {out: c, kernel: 4, stride: 2, padding: 1}, leaky_relu: 0.2]",
      ] + (pyramid.channels.count > 1 ? [Self.grow] : []),
      generator: [
        "linear: \(base)*\(base)*\(pyramid.top)", "reshape: [\(pyramid.top), \(base), \(base)]",
        "batch_norm", "relu",
      ] + pyramid.channels.dropLast().reversed().map { "grow: \($0)" } + [
        "conv_transpose: {out: \(pyramid.colours), kernel: 4, stride: 2, padding: 1}"
      ] + ending,
      discriminator: pyramid.channels.map { "shrink: \($0)" } + ["flatten", "linear: 1"])
  }

  private static let down =
    "down(c): [residual: {main: [relu, conv3: c, relu, conv3: c, average_pool: 2], shortcut: [conv1: c, average_pool: 2]}]"

  private init(residual pyramid: Pyramid, width: Int?, ending: [String]) {
    vars = "vars: {width: \(width ?? 64)}     # channels of every layer"
    latent = 128
    let base = pyramid.base
    text = Self.text(
      blocks: [
        "conv3(c): [conv: {out: c, kernel: 3, padding: 1}]",
        "conv1(c): [conv: {out: c, kernel: 1}]",
        "# twice the size, and half of it; shortcuts see raw values",
        "up(c): [residual: {main: [batch_norm, relu, upsample: 2, conv3: c, batch_norm, relu, conv3: c], shortcut: [upsample: 2, conv1: c]}]",
        "first(c): [residual: {main: [conv3: c, relu, conv3: c, average_pool: 2], shortcut: [average_pool: 2, conv1: c]}]",
        "same(c): [residual: {main: [relu, conv3: c, relu, conv3: c]}]",
      ] + (pyramid.channels.count > 1 ? [Self.down] : []),
      generator: ["linear: \(base)*\(base)*width", "reshape: [width, \(base), \(base)]"]
        + pyramid.channels.map { _ in "up: width" }
        + ["batch_norm", "relu", "conv3: \(pyramid.colours)"] + ending,
      discriminator: ["first: width"] + pyramid.channels.dropFirst().map { _ in "down: width" }
        + ["same: width", "relu", "global_sum_pool", "linear: 1"])
  }

  private static func text(
    blocks: [String], generator: [String], discriminator: [String]
  ) -> String {
    let definitions = blocks.isEmpty ? [] : ["blocks:"] + blocks.map { "  \($0)" } + [""]
    func network(_ name: String, _ input: String, _ layers: [String]) -> [String] {
      ["  \(name):", "    input: \(input)", "    layers:"] + layers.map { "      - \($0)" }
    }
    let networks =
      ["networks:"] + network("G", "z", generator) + network("D", "x", discriminator)
    return (definitions + networks).joined(separator: "\n")
  }
}

/// The sizes between a square picture and the smallest map of its networks, each half of the one before.
private struct Pyramid {
  let colours: Int
  /// The side of the smallest map, 4 to 7.
  let base: Int
  /// Channels by size, the largest map first: `width`, `2*width`, `4*width`, and 8 at most.
  let channels: [String]

  var top: String { channels.last ?? "width" }

  init(of stream: DraftStream, for architecture: Wish.Architecture) throws(DiagnosticBag) {
    var (side, halvings) = (stream.side ?? 0, 0)
    while side > 7, side.isMultiple(of: 2) { (side, halvings) = (side / 2, halvings + 1) }
    guard (4...7).contains(side), halvings > 0 else {
      throw DiagnosticBag([
        Diagnostic(
          .error,
          "\(architecture.rawValue) is for square pictures of 4, 5, 6 or 7 times a power of two, but samples have shape \(stream.shape)",
          hint: "ask for mlp, or give the data another shape: [3, 32, 32], [3, 48, 48], [3, 64, 64]"
        )
      ])
    }
    colours = stream.shape[0]
    base = side
    channels = (0..<halvings).map { $0 == 0 ? "width" : "\(min(8, 1 << $0))*width" }
  }
}
