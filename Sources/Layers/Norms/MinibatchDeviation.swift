import Syntax
import TensorIR

/// Channels, and behind them how much samples of a group differ: d = mean over places of √(var over the group + 1e-8).
///
/// Karras et al. 2018, Progressive Growing of GANs, arXiv:1710.10196, section 3. As in StyleGAN2's code the variance is
/// biased, sample i belongs to group i mod (N/group), and each of `features` neighbouring sets of channels has a channel
/// of its own.
package struct MinibatchDeviation: LayerDefinition {
  private static let group = Key(
    "group", .integer(in: 1...Limits.size), default: 4,
    "Samples in a group, at most those of the batch, which it must divide.")
  private static let features = Key(
    "features", .integer(in: 1...Limits.size), default: 1,
    "Channels that are added, each of as many neighbouring channels.")

  package static let declaration = LayerDeclaration(
    "minibatch_std",
    synonyms: ["mbstd", "minibatchstd", "minibatchstdlayer", "minibatch_stddev"],
    "Channels, and constant ones behind them: the standard deviation over groups of samples, averaged over places.",
    keys: [group, features], bareKey: group, mixesSamples: true)

  private let group: Int
  private let features: Int

  package init(_ values: KeyValues) {
    group = values[Self.group]
    features = values[Self.features]
  }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let shape = try ShapeFault.channels(inputs[0], "minibatch_std")
    guard shape[0].isMultiple(of: features) else {
      throw ShapeFault(
        "'minibatch_std' needs a multiple of \(features) channels, but its operand is \(describe(shape: shape))"
      )
    }
    return [shape[0] + features] + shape.dropFirst()
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let x = operands[0]
    let (samples, channels) = (x.shape[0], x.shape[1])
    var size = min(group, samples)
    if !samples.isMultiple(of: size) {
      x.builder.note(
        fault:
          "'minibatch_std' compares groups of \(size) samples, which do not divide a batch of \(samples)",
        hint:
          "use a batch whose size, or that of its halves where a term takes them, is a multiple of 'group'"
      )
      size = 1
    }
    let groups = samples / size
    let places = x.shape.count / (samples * channels)
    let y = x.reshape([size, groups, features, channels / features * places])
    let centered = y - ((1 / Double(size)) * y.sum([0])).broadcast(to: y.shape, axes: [1, 2, 3])
    let variance = (1 / Double(size)) * centered.map(.square).sum([0])
    let deviation = (variance + 1e-8).map(.sqrt)
    let mean = (1 / Double(deviation.shape[2])) * deviation.sum([2])
    let added = Shape([samples, features] + x.shape.dimensions.dropFirst(2))
    let repeated = mean.broadcast(to: [size, groups, features, places], axes: [1, 2])
    return concatenate([x, repeated.reshape(added)], axis: 1)
  }
}
