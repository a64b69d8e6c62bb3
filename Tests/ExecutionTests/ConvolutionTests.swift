import TensorIR
import TestSupport
import Testing

@testable import Execution

@Suite struct ConvolutionTests {
  /// Larger shapes, so that chunks, blocks of images and partial sums all occur.
  static let geometries =
    convolutionGeometries + [
      geometry(
        batch: 20, channels: 8, size: [6, 6], out: 16, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
      geometry(batch: 9, channels: 3, size: [40, 36], out: 8, kernel: [3, 3], pad: [1, 1]),
      geometry(batch: 17, channels: 32, size: [8, 8], out: 1, kernel: [3, 3], pad: [1, 1]),
      geometry(
        batch: 16, channels: 1, size: [28, 28], out: 32, kernel: [4, 4], stride: [2, 2],
        pad: [1, 1]),
      geometry(batch: 10, channels: 64, size: [4, 4], out: 16, kernel: [4, 4]),
      geometry(
        batch: 6, channels: 16, size: [12, 12], out: 32, kernel: [3, 3], stride: [2, 2],
        pad: [1, 1], groups: 2),
      geometry(batch: 9, channels: 32, size: [12, 12], out: 48, kernel: [3, 3], pad: [1, 1]),
      geometry(batch: 11, channels: 48, size: [9, 11], out: 32, kernel: [3, 3]),
    ] + winogradGeometries + fewChannelGeometries + depthwiseGeometries

  /// Whole and cut tiles, one and several blocks of images, ranges of columns and panels that are not full.
  static let winogradGeometries = [
    geometry(
      batch: 5, channels: 32, size: [14, 10], out: 80, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
    geometry(batch: 3, channels: 16, size: [8, 8], out: 48, kernel: [3, 3], pad: [1, 1]),
    geometry(batch: 4, channels: 32, size: [6, 7], out: 32, kernel: [2, 2], pad: [1, 0]),
    geometry(batch: 2, channels: 32, size: [9, 9], out: 16, kernel: [3, 3], stride: [2, 2]),
    geometry(
      batch: 3, channels: 16, size: [12, 12], out: 32, kernel: [6, 6], stride: [2, 2], pad: [2, 2]),
    geometry(batch: 2, channels: 16, size: [8, 8], out: 16, kernel: [2, 3], pad: [0, 1]),
    geometry(batch: 70, channels: 64, size: [16, 16], out: 32, kernel: [3, 3], pad: [1, 1]),
    geometry(
      batch: 6, channels: 128, size: [4, 4], out: 192, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
    geometry(
      batch: 40, channels: 128, size: [16, 16], out: 96, kernel: [4, 4], stride: [2, 2],
      pad: [1, 1]),
    geometry(
      batch: 40, channels: 32, size: [14, 16], out: 48, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
    geometry(batch: 9, channels: 16, size: [5, 13], out: 32, kernel: [3, 3]),
    geometry(batch: 2, channels: 16, size: [38, 35], out: 16, kernel: [3, 3]),
    // Channels that are no whole sixteens, on either side and on both.
    geometry(batch: 8, channels: 65, size: [4, 4], out: 64, kernel: [3, 3], pad: [1, 1]),
    geometry(batch: 3, channels: 32, size: [7, 9], out: 41, kernel: [3, 3], pad: [1, 1]),
    geometry(
      batch: 5, channels: 19, size: [10, 8], out: 35, kernel: [4, 4], stride: [2, 2], pad: [1, 1]),
    geometry(batch: 70, channels: 61, size: [16, 16], out: 33, kernel: [3, 3], pad: [1, 1]),
  ]

  private let tables =
    ConvolutionTable.Kernel.allCases.map(ConvolutionTable.shipped.preferring) + [
      .shipped, .shipped.without(.winograd),
    ]

  /// Few channels on either side: strides, one-sided pads, pixels that no tap reads, filters wider than a vector, panels
  /// that are not full, fewer images than tasks.
  static let fewChannelGeometries = [
    geometry(batch: 9, channels: 3, size: [10, 13], out: 64, kernel: [3, 3], pad: [1, 1]),
    geometry(batch: 3, channels: 1, size: [11, 9], out: 80, kernel: [3, 3], stride: [2, 2]),
    geometry(
      batch: 2, channels: 3, size: [12, 9], out: 16, kernel: [4, 4], stride: [3, 3], pad: [0, 2],
      high: [4, 0]),
    geometry(batch: 2, channels: 3, size: [9, 9], out: 32, kernel: [7, 7], pad: [3, 3]),
    geometry(
      batch: 1, channels: 4, size: [16, 14], out: 48, kernel: [8, 8], stride: [2, 2], pad: [3, 3]),
    geometry(
      batch: 12, channels: 2, size: [9, 17], out: 16, kernel: [1, 5], stride: [2, 2], pad: [0, 2]),
    geometry(batch: 10, channels: 64, size: [9, 8], out: 3, kernel: [3, 3], pad: [1, 1]),
    geometry(
      batch: 5, channels: 48, size: [7, 10], out: 1, kernel: [5, 3], pad: [0, 2], high: [2, 0]),
  ]

  /// Whole vectors of channels, single ones and a rest; images narrower than a block; phases without taps, one-sided
  /// pads and dilations.
  static let depthwiseGeometries = [
    geometry(
      batch: 3, channels: 40, size: [19, 23], out: 40, kernel: [4, 4], pad: [2, 1], groups: 40),
    geometry(
      batch: 2, channels: 33, size: [17, 21], out: 33, kernel: [4, 4], stride: [2, 2], pad: [1, 1],
      groups: 33),
    geometry(
      batch: 2, channels: 3, size: [9, 14], out: 3, kernel: [3, 3], pad: [1, 1], groups: 3),
    geometry(
      batch: 1, channels: 16, size: [13, 18], out: 16, kernel: [1, 2], stride: [3, 4], pad: [0, 3],
      high: [2, 0], groups: 16),
    geometry(
      batch: 2, channels: 24, size: [12, 33], out: 24, kernel: [3, 3], pad: [2, 2],
      dilation: [2, 3],
      groups: 24),
    geometry(
      batch: 2, channels: 64, size: [2, 3], out: 64, kernel: [4, 4], stride: [2, 2], pad: [2, 2],
      groups: 64),
  ]

  @Test(arguments: geometries, ConvolutionDirection.allCases)
  func agreesWithReference(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection
  ) throws {
    for layout in ImageLayout.allCases {
      let graph = convolutionGraph(direction, geometry, layout)
      var random = SplitMix64(seed: 2)
      let inputs = graph.inputTypes.map { random.values($0.shape.count) }
      let expected = evaluate(graph, inputs: inputs)[0]
      for table in tables {
        for threads in [1, 2] {
          let options = EngineOptions(threads: threads, convolutions: table, poisonsArena: true)
          let got = try runFast(graph, inputs, options)[0]
          // Winograd loses most of a digit.
          #expect(difference(got, expected) < 2e-5, "\(layout) \(table.rules[1].kernel) \(threads)")
        }
      }
    }
  }

  @Test(
    arguments: winogradGeometries + fewChannelGeometries + depthwiseGeometries,
    InstructionSet.allCases)
  func everyInstructionSetAgreesWithReference(
    _ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet
  ) throws {
    guard instructionSet <= .best else { return }
    for direction in ConvolutionDirection.allCases {
      let graph = convolutionGraph(direction, geometry, .nhwc)
      var random = SplitMix64(seed: 5)
      let inputs = graph.inputTypes.map { random.values($0.shape.count) }
      let expected = evaluate(graph, inputs: inputs)[0]
      let options = EngineOptions(
        threads: 2, instructionSet: instructionSet, convolutions: .shipped.preferring(.winograd),
        poisonsArena: true)
      let got = try runFast(graph, inputs, options)[0]
      #expect(difference(got, expected) < 2e-5, "\(direction)")
    }
  }

  /// Minimal filtering rounds more than a sum of products does, by less than a digit.
  @Test(arguments: ConvolutionDirection.allCases)
  func winogradLosesLessThanADigit(_ direction: ConvolutionDirection) throws {
    let shape = geometry(
      batch: 8, channels: 128, size: [16, 16], out: 64, kernel: [4, 4], stride: [2, 2], pad: [1, 1])
    let graph = convolutionGraph(direction, shape, .nhwc)
    var random = SplitMix64(seed: 7)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let expected = evaluate(graph, inputs: inputs)[0]
    func error(_ table: ConvolutionTable) throws -> Double {
      let got = try runFast(graph, inputs, EngineOptions(threads: 1, convolutions: table))[0]
      return difference(got, expected)
    }
    let (sums, winograd) = (
      try error(.shipped.without(.winograd)), try error(.shipped.preferring(.winograd))
    )
    #expect(sums > 0 && sums < winograd, "the methods do not differ")
    #expect(winograd < 10 * sums, "\(winograd) against \(sums)")
  }

  @Test(arguments: geometries, ConvolutionDirection.allCases)
  func threadsDoNotChangeBits(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection
  ) throws {
    let graph = convolutionGraph(direction, geometry, .nhwc)
    var random = SplitMix64(seed: 3)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let one = try runFast(graph, inputs, EngineOptions(threads: 1))
    let three = try runFast(graph, inputs, EngineOptions(threads: 3))
    #expect(one == three)
  }
}
