import TensorIR
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
    ]

  @Test(arguments: geometries, ConvolutionDirection.allCases)
  func agreesWithReference(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection
  ) throws {
    for layout in ImageLayout.allCases {
      let graph = convolutionGraph(direction, geometry, layout)
      var random = SplitMix(2)
      let inputs = graph.inputTypes.map { random.values($0.shape.count) }
      let expected = evaluate(graph, inputs: inputs)[0]
      for method in [ConvolutionMethod.gemm, .oneDNN, .automatic] {
        for threads in [1, 2] {
          let options = EngineOptions(threads: threads, convolutions: method, poisonsArena: true)
          let got = try runFast(graph, inputs, options)[0]
          // Winograd's transformations lose a digit.
          #expect(difference(got, expected) < 1e-5, "\(layout) \(method) \(threads)")
        }
      }
    }
  }

  @Test(arguments: geometries, ConvolutionDirection.allCases)
  func threadsDoNotChangeBits(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection
  ) throws {
    let graph = convolutionGraph(direction, geometry, .nhwc)
    var random = SplitMix(3)
    let inputs = graph.inputTypes.map { random.values($0.shape.count) }
    let one = try runFast(graph, inputs, EngineOptions(threads: 1))
    let three = try runFast(graph, inputs, EngineOptions(threads: 3))
    #expect(one == three)
  }
}
