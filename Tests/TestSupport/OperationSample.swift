import TensorIR

/// One way to use an operation; drives the text round trip, the verifier, kernels against the
/// reference and gradient checks.
///
/// An operation without a sample fails a test.
public struct OperationSample: Sendable, CustomStringConvertible {
  public let name: String
  public let inputs: [Shape]
  /// Inputs are drawn from here; the range keeps away from kinks and poles.
  public let range: ClosedRange<Double>
  public let build: @Sendable ([Tensor]) -> Tensor

  public init(
    _ name: String, _ inputs: [Shape], _ range: ClosedRange<Double> = -1.5...1.5,
    build: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.inputs = inputs
    self.range = range
    self.build = build
  }

  public var description: String { name }

  /// The sample as a graph with one result.
  public func graph(element: ElementType = .float64) -> Graph {
    let builder = GraphBuilder(element: element)
    let tensors = inputs.enumerated().map { builder.input("x\($0.offset)", $0.element) }
    return builder.graph(name: "sample", results: [("y", build(tensors))])
  }

  /// Every sample.
  public static let all: [OperationSample] =
    maps + zips + shaping + contractions + convolutions + norms

  // MARK: Elementwise

  private static let maps: [OperationSample] = MapFunction.allCases.map { function in
    let positive: Set<MapFunction> = [
      .log, .sqrt, .rsqrt, .reciprocal, .normRoot, .inverseNormRoot, .power,
    ]
    let kinked: Set<MapFunction> = [.abs, .sign, .leakyRelu, .mask]
    let range =
      positive.contains(function) ? 0.4...1.9 : kinked.contains(function) ? 0.1...1.5 : -1.5...1.5
    let parameter = function == .power ? 2.5 : function == .scale ? -1.7 : 0.2
    return OperationSample("map \(function.rawValue)", [[3, 4]], range) {
      // Both sides of the kink at 0, none near it.
      let x = kinked.contains(function) ? $0[0] * alternatingSigns($0[0]) : $0[0]
      return x.map(function, function.hasParameter ? parameter : 0)
    }
  }

  /// Alternating signs along the last axis, made of the input's shape alone.
  private static func alternatingSigns(_ x: Tensor) -> Tensor {
    let ones = x.builder.constant(1, [x.shape[0], x.shape[1] / 2, 1])
    return concatenate([ones, -ones], axis: 2).reshape(x.shape)
  }

  private static let zips: [OperationSample] =
    ZipFunction.allCases.map { function in
      OperationSample("zip \(function.rawValue)", [[2, 3], [2, 3]], 0.3...2) {
        // 2a against b: never equal to better than chance, and powers stay small.
        (2 * $0[0]).zip(function, $0[1])
      }
    } + [
      OperationSample("zip maximum tie", [[4]]) { $0[0].zip(.greater, $0[0]) + $0[0] },
      OperationSample("select", [[5], [5]]) {
        $0[0].select(where: $0[1].map(.mask, 0), else: $0[1])
      },
    ]

  // MARK: Shape

  private static let shaping: [OperationSample] = [
    OperationSample("constant", [[2]]) { $0[0] * $0[0].builder.constant(3, [2]) },
    OperationSample("broadcast scalar", [[]]) { $0[0].broadcast(to: [2, 3]) },
    OperationSample("broadcast channel", [[3]]) { $0[0].broadcast(to: [2, 3, 4], axes: [1]) },
    OperationSample("broadcast apart", [[2, 3]]) { $0[0].broadcast(to: [2, 4, 3], axes: [0, 2]) },
    OperationSample("reshape", [[2, 6]]) { $0[0].reshape([3, 4]) },
    OperationSample("transpose", [[2, 3, 4]]) { $0[0].transpose([2, 0, 1]) },
    OperationSample("slice rows", [[4, 3]]) { $0[0].slice([1, 0], [3, 3]) },
    OperationSample("slice inner", [[4, 3]]) { $0[0].slice([1, 1], [3, 2]) },
    OperationSample("pad", [[2, 3]]) { $0[0].pad(low: [1, 0], high: [0, 2]) },
    OperationSample("pad with a number", [[2, 3]]) {
      $0[0].pad(low: [0, 1], high: [1, 0], fill: -0.7)
    },
    OperationSample("pad below a maximum", [[2, 3]]) {
      $0[0].pad(low: [0, 1], high: [0, 1], fill: -.infinity).max([1])
    },
    OperationSample("concatenate", [[2, 3], [2, 1]]) { concatenate($0, axis: 1) },
    OperationSample("reverse rows", [[3, 4]]) {
      $0[0].builder.emit(.reverse(Reverse(axis: 0)), $0)
    },
    OperationSample("reverse inner", [[3, 4]]) {
      $0[0].builder.emit(.reverse(Reverse(axis: 1)), $0)
    },
    OperationSample("stop gradient", [[3], [3]]) { $0[0].detached() * $0[1] },
    OperationSample("mark", [[3]]) { $0[0].builder.mark($0[0]) },
  ]

  // MARK: Contractions

  private static let contractions: [OperationSample] =
    [
      OperationSample("sum inner", [[3, 4]]) { $0[0].sum([1]) },
      OperationSample("sum outer", [[3, 4]]) { $0[0].sum([0]) },
      OperationSample("sum channel", [[2, 3, 4]]) { $0[0].sum([0, 2]) },
      OperationSample("sum middle", [[2, 3, 4]]) { $0[0].sum([1]) },
      OperationSample("sum all", [[2, 3, 4]]) { $0[0].sum() },
      OperationSample("max inner", [[3, 4]]) { $0[0].max([1]) },
      OperationSample("max all", [[3, 4]]) { $0[0].max([0, 1]) },
    ]
    + [(false, false), (true, false), (false, true), (true, true)].map { ta, tb in
      OperationSample(
        "matmul \(ta ? "t" : "n")\(tb ? "t" : "n")",
        [ta ? [3, 2] : [2, 3], tb ? [4, 3] : [3, 4]]
      ) {
        $0[0].matmul($0[1], transposeA: ta, transposeB: tb)
      }
    }
    + [(false, false), (true, false), (false, true), (true, true)].map { ta, tb in
      OperationSample(
        "matmul of a batch \(ta ? "t" : "n")\(tb ? "t" : "n")",
        [ta ? [2, 3, 2] : [2, 2, 3], tb ? [2, 4, 3] : [2, 3, 4]]
      ) {
        $0[0].matmul($0[1], transposeA: ta, transposeB: tb)
      }
    } + [
      OperationSample("matmul of two batch axes", [[3, 2, 1, 2], [3, 2, 3, 2]]) {
        $0[0].matmul($0[1], transposeB: true)
      },
      OperationSample("attention", [[2, 3, 2], [2, 4, 2], [2, 4, 3]]) {
        let weights = $0[0].matmul($0[1], transposeB: true).map(.exp)
        let sums = weights.sum([2]).broadcast(to: weights.shape, axes: [0, 1])
        return (weights / sums).matmul($0[2])
      },
    ]

  private static let geometries: [(String, ConvolutionGeometry)] = [
    ("plain", geometry(kernel: [3, 3])),
    (
      "strided",
      geometry(size: [6, 5], kernel: [4, 4], stride: [2, 2], low: [1, 1], high: [1, 1])
    ),
    (
      "dilated",
      geometry(size: [6, 6], kernel: [2, 3], dilation: [2, 1], low: [1, 0], high: [0, 1])
    ),
    (
      "grouped",
      geometry(inChannels: 4, out: 2, kernel: [3, 3], low: [1, 1], high: [1, 1], groups: 2)
    ),
    ("unread rows", geometry(size: [6, 6], kernel: [3, 3], stride: [2, 2])),
  ]

  private static func geometry(
    inChannels: Int = 2, size: [Int] = [4, 4], out: Int = 3, kernel: [Int], stride: [Int] = [1, 1],
    dilation: [Int] = [1, 1], low: [Int] = [0, 0], high: [Int] = [0, 0], groups: Int = 1
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      batch: 2, inChannels: inChannels, inSize: size, outChannels: groups == 1 ? out : 2 * groups,
      kernel: kernel, stride: stride, padLow: low, padHigh: high, dilation: dilation, groups: groups
    )
  }

  private static let convolutions: [OperationSample] = geometries.flatMap { name, g in
    ImageLayout.allCases.flatMap { layout in
      let (x, w, y) = (g.inputShape(layout), g.filterShape, g.outputShape(layout))
      let cases: [(ConvolutionDirection, [Shape])] = [
        (.forward, [x, w]), (.inputGradient, [y, w]), (.filterGradient, [x, y]),
      ]
      return cases.map { direction, shapes in
        OperationSample("convolution \(direction.rawValue) \(name) \(layout.rawValue)", shapes) {
          $0[0].builder.emit(.convolution(Convolution(direction, g, layout)), $0)
        }
      }
    }
  }

  // MARK: Compositions whose derivatives are easy to get wrong

  private static let norms: [OperationSample] = [
    OperationSample("norm over sample", [[3, 4]]) {
      $0[0].map(.square).sum([1]).map(.normRoot)
    },
    OperationSample("batch norm", [[6, 2], [2]]) {
      let x = $0[0]
      let centered = x - ((1.0 / 6) * x.sum([0])).broadcast(to: x.shape, axes: [1])
      let variance = (1.0 / 6) * centered.map(.square).sum([0])
      return centered * ((variance + 1e-5).map(.rsqrt) * $0[1]).broadcast(to: x.shape, axes: [1])
    },
    OperationSample("logsumexp", [[3, 4]]) {
      let shift = $0[0].max([1]).detached()
      return ($0[0] - shift.broadcast(to: [3, 4], axes: [0])).map(.exp).sum([1]).map(.log) + shift
    },
  ]
}
