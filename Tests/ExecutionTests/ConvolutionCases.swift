import TensorIR
import TestSupport

@testable import Execution

/// Geometries that between them have every feature: strides, one-sided pads, dilation, groups, pixels that no tap reads.
let convolutionGeometries: [ConvolutionGeometry] = [
  geometry(batch: 2, channels: 3, size: [7, 6], out: 4, kernel: [3, 3]),
  geometry(
    batch: 3, channels: 4, size: [8, 8], out: 6, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
  geometry(batch: 1, channels: 2, size: [9, 5], out: 3, kernel: [3, 2], stride: [3, 2]),
  geometry(
    batch: 2, channels: 4, size: [10, 9], out: 8, kernel: [3, 3], stride: [2, 1], pad: [2, 1],
    high: [0, 3], dilation: [2, 2]),
  geometry(batch: 2, channels: 8, size: [6, 6], out: 12, kernel: [3, 3], pad: [1, 1], groups: 4),
  geometry(batch: 5, channels: 6, size: [5, 5], out: 6, kernel: [3, 3], pad: [1, 1], groups: 6),
  geometry(batch: 4, channels: 16, size: [4, 4], out: 1, kernel: [4, 4]),
  geometry(
    batch: 3, channels: 1, size: [12, 12], out: 16, kernel: [5, 5], stride: [2, 2], pad: [2, 2]),
  geometry(batch: 4, channels: 32, size: [8, 8], out: 16, kernel: [1, 1]),
  geometry(batch: 3, channels: 16, size: [9, 9], out: 32, kernel: [3, 3], pad: [1, 1]),
]

func geometry(
  batch: Int, channels: Int, size: [Int], out: Int, kernel: [Int], stride: [Int] = [1, 1],
  pad: [Int] = [0, 0], high: [Int]? = nil, dilation: [Int] = [1, 1], groups: Int = 1
) -> ConvolutionGeometry {
  ConvolutionGeometry(
    batch: batch, inChannels: channels, inSize: size, outChannels: out, kernel: kernel,
    stride: stride, padLow: pad, padHigh: high ?? pad, dilation: dilation, groups: groups)
}

/// A convolution of given direction as a graph of its two operands.
func convolutionGraph(
  _ direction: ConvolutionDirection, _ g: ConvolutionGeometry, _ layout: ImageLayout
) -> Graph {
  let builder = GraphBuilder()
  let (x, w, y) = (g.inputShape(layout), g.filterShape, g.outputShape(layout))
  let shapes: (Shape, Shape) =
    switch direction {
    case .forward: (x, w)
    case .inputGradient: (y, w)
    case .filterGradient: (x, y)
    }
  let (a, b) = (builder.input("a", shapes.0), builder.input("b", shapes.1))
  let result = builder.emit(.convolution(Convolution(direction, g, layout)), [a, b])
  return builder.graph(name: "\(direction)", results: [("result", result)])
}

/// The definition, tap by tap: y[n,o,p,q] = Σ x[n,c,ps+rd-l,qs+td-l]·w[o,c,r,t], or an adjoint.
func convolutionByDefinition(
  _ direction: ConvolutionDirection, _ g: ConvolutionGeometry, _ layout: ImageLayout, _ a: [Double],
  _ b: [Double]
) -> [Double] {
  let (x, w, y) = (g.inputShape(layout), g.filterShape, g.outputShape(layout))
  var result = [Double](
    repeating: 0,
    count: direction == .forward ? y.count : direction == .inputGradient ? x.count : w.count)
  let (perGroupIn, perGroupOut) = (g.inChannels / g.groups, g.outChannels / g.groups)
  func index(_ n: Int, _ c: Int, _ i: Int, _ j: Int, _ channels: Int, _ size: [Int]) -> Int {
    layout == .nchw
      ? ((n * channels + c) * size[0] + i) * size[1] + j
      : ((n * size[0] + i) * size[1] + j) * channels + c
  }
  for n in 0..<g.batch {
    for o in 0..<g.outChannels {
      for p in 0..<g.outSize[0] {
        for q in 0..<g.outSize[1] {
          let at = index(n, o, p, q, g.outChannels, g.outSize)
          for c in 0..<perGroupIn {
            for r in 0..<g.kernel[0] {
              for t in 0..<g.kernel[1] {
                let i = p * g.stride[0] + r * g.dilation[0] - g.padLow[0]
                let j = q * g.stride[1] + t * g.dilation[1] - g.padLow[1]
                guard (0..<g.inSize[0]).contains(i), (0..<g.inSize[1]).contains(j) else { continue }
                let from = index(n, o / perGroupOut * perGroupIn + c, i, j, g.inChannels, g.inSize)
                let tap = ((o * perGroupIn + c) * g.kernel[0] + r) * g.kernel[1] + t
                switch direction {
                case .forward: result[at] += a[from] * b[tap]
                case .inputGradient: result[from] += a[at] * b[tap]
                case .filterGradient: result[tap] += a[from] * b[at]
                }
              }
            }
          }
        }
      }
    }
  }
  return result
}

extension SplitMix64 {
  /// Uniform on -1..<1 and exact in float32.
  mutating func values(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(Float.random(in: -1..<1, using: &self)) }
  }
}
