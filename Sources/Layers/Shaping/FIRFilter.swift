import Diagnostics
import Syntax
import TensorIR

/// StyleGAN2's upfirdn2d: zeros between pixels, a constant filter along both axes, every so many-th pixel of it.
///
/// Karras et al. 2020; y is every `down`-th element of the convolution of f with x after `up - 1` zeros behind every
/// pixel, times `gain`; f sums to 1, and padding is around the image with its zeros.
package struct FIRFilter: LayerDefinition {
  private static let filter = Key(
    "filter", .taps, default: [1, 3, 3, 1], "The filter along each axis, divided by its sum.")
  private static let up = Key(
    "up", .integer(in: 1...256), default: 1, "By which height and width grow.")
  private static let down = Key(
    "down", .integer(in: 1...256), default: 1, "By which height and width shrink.")
  private static let padding = Key.optional(
    "padding", .ends, or: "what keeps the image in place",
    "Rows and columns added before and behind, where negative ones crop.")
  private static let gain = Key.derived(
    "gain", .number(in: -1e30...1e30), from: "`up^2`", "A factor."
  ) { Double($0[up] * $0[up]) }

  package static let declaration = LayerDeclaration(
    "fir", synonyms: ["blur", "upfirdn2d", "upfirdn", "fir_filter", "resample", "blurpool"],
    "StyleGAN2's resampling by a smooth filter, upfirdn2d.",
    keys: [filter, up, down, padding, gain])

  private let filter: AxisFilter
  private let up: Int
  private let down: Int
  private let padding: [Int]?
  private let gain: Double

  package init(_ values: KeyValues) {
    let taps = values[Self.filter]
    let sum = taps.reduce(0, +)
    filter = AxisFilter(taps: taps.map { $0 / sum })
    up = values[Self.up]
    down = values[Self.down]
    padding = values[Self.padding]
    gain = values[Self.gain]
  }

  /// Before and behind, as StyleGAN2's filter2d, upsample2d and downsample2d have them.
  private var ends: [Int] {
    if let padding { return padding }
    let count = filter.taps.count
    if up > 1 { return [(count + up - 1) / 2, Self.half(count - up)] }
    if down > 1 { return [Self.half(count - down + 1), Self.half(count - down)] }
    return [count / 2, (count - 1) / 2]
  }

  /// Half, rounded down for negative numbers too.
  private static func half(_ number: Int) -> Int { number >> 1 }

  package func outputShape(_ inputs: [[Int]]) throws(ShapeFault) -> [Int] {
    let image = try ShapeFault.image(inputs[0], "fir")
    if padding == nil, up > 1, down > 1 {
      throw ShapeFault("'fir' with both 'up' and 'down' needs 'padding'")
    }
    let (count, ends) = (filter.taps.count, ends)
    var result = [image[0]]
    for size in image[1...] {
      let padded = size * up + ends[0] + ends[1]
      guard padded >= count else {
        throw ShapeFault(
          "a filter of \(count) does not fit into the operand \(describe(shape: image)), which is \(padded) long with its padding"
        )
      }
      guard filter.reach(size, up: up, ends) > 0 else {
        throw ShapeFault(
          "'padding' \(describe(shape: ends)) of 'fir' crops all of its operand \(describe(shape: image))"
        )
      }
      result.append(outputSize(size))
    }
    return result
  }

  private func outputSize(_ size: Int) -> Int {
    (size * up + ends[0] + ends[1] - filter.taps.count) / down + 1
  }

  package func variables(_ inputs: [[Int]]) -> [VariableDeclaration] { [] }

  package func lower(_ operands: [Tensor], _ site: inout LayerSite) -> Tensor {
    let (x, ends) = (operands[0], ends)
    // A long filter is quicker along one axis after the other.
    let isShort = filter.taps.count <= 8 && ends.allSatisfy { (0..<filter.taps.count).contains($0) }
    if isShort, up == 1 || down == 1 {
      return up == 1 ? convolved(x, ends) : stretched(x, ends)
    }
    let y = [2, 3].reduce(x) { filtered($0, axis: $1) }
    return gain == 1 ? y : gain * y
  }

  /// A convolution of each channel with the filter, turned around as cross-correlations want it.
  private func convolved(_ x: Tensor, _ ends: [Int]) -> Tensor {
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: [x.shape[2], x.shape[3]],
      outChannels: x.shape[1], kernel: [filter.taps.count, filter.taps.count],
      stride: [down, down], padLow: [ends[0], ends[0]], padHigh: [ends[1], ends[1]],
      dilation: [1, 1], groups: x.shape[1])
    let taps = plane(filter.taps.reversed(), x.shape[1], x.builder)
    return x.builder.emit(.convolution(Convolution(.forward, geometry)), [x, taps])
  }

  /// The input-gradient of a convolution with stride `up`, which puts the zeros between pixels.
  private func stretched(_ x: Tensor, _ ends: [Int]) -> Tensor {
    let size = [outputSize(x.shape[2]), outputSize(x.shape[3])]
    let count = filter.taps.count
    let (low, high) = (count - 1 - ends[0], max(0, count - up - ends[1]))
    let geometry = ConvolutionGeometry(
      batch: x.shape[0], inChannels: x.shape[1], inSize: size, outChannels: x.shape[1],
      kernel: [count, count], stride: [up, up], padLow: [low, low], padHigh: [high, high],
      dilation: [1, 1], groups: x.shape[1])
    let taps = plane(filter.taps, x.shape[1], x.builder)
    return x.builder.emit(.convolution(Convolution(.inputGradient, geometry)), [x, taps])
  }

  /// The filter along both axes, the same for every channel, times `gain`: `[channels, 1, taps, taps]`.
  private func plane(_ taps: [Double], _ channels: Int, _ builder: GraphBuilder) -> Tensor {
    let line = concatenate(taps.map { builder.constant($0, [1]) }, axis: 0)
    let shape: Shape = [channels, 1, taps.count, taps.count]
    let product = line.broadcast(to: shape, axes: [2]) * line.broadcast(to: shape, axes: [3])
    return gain == 1 ? product : gain * product
  }

  private func filtered(_ x: Tensor, axis: Int) -> Tensor {
    let ends = ends
    guard up > 1 else {
      return filter.convolve(x, axis: axis, down: down, before: ends[0], behind: ends[1])
    }
    let y = filter.stretch(x, axis: axis, up: up, before: ends[0], behind: ends[1])
    guard down > 1 else { return y }
    return y.steps((y.shape[axis] - 1) / down + 1, of: down, axis: axis, starts: 0..<1)[0]
  }
}

extension Form where Value == [Double] {
  /// The numbers of a filter, whose sum it is divided by.
  fileprivate static var taps: Form {
    Form(
      "a list of numbers", schema: .any,
      text: { "[\($0.map { short($0) }.joined(separator: ", "))]" }
    ) { node, what, context in
      guard let items = node.items, (1...256).contains(items.count) else {
        context.error("\(what) must be a list of 1 to 256 numbers", at: node.span)
        return nil
      }
      let taps = items.compactMap { context.number($0, "each number of \(what)") }
      guard taps.count == items.count else { return nil }
      guard taps.reduce(0, +).magnitude > 1e-9 * taps.reduce(0, { $0 + $1.magnitude }) else {
        context.error("the numbers of \(what) sum to 0", at: node.span)
        return nil
      }
      return taps
    }
  }
}

extension Form where Value == [Int] {
  /// A number of rows and columns before and behind, `1` or `[2, 1]`.
  fileprivate static var ends: Form {
    Form("number or `[before, behind]`", schema: .integers, text: { describe(shape: $0) }) {
      node, what, context in
      let range = -Limits.kernel...Limits.kernel
      guard let ends = context.integers(node, what, in: range) else { return nil }
      switch ends.count {
      case 1: return [ends[0], ends[0]]
      case 2: return ends
      default:
        context.error("\(what) must be one number or [before, behind]", at: node.span)
        return nil
      }
    }
  }
}
