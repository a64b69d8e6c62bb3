import Diagnostics
import Testing

@testable import Data

@Suite struct ShapePictureTests {
  func source(
    _ shape: [Int] = [3, 32, 32], column: BatchSource.Column = .samples, batch: Int = 2000
  ) throws -> BatchSource {
    try BatchSource(
      dataset: LoadedDataset(ShapePictures(shape: shape)), column: column, batch: batch, seed: 1,
      player: "p", shuffleKey: "x")
  }

  /// πr², 2r², 3√3/4·r², and of the cross (2·1.8·0.6 - 0.6²)r².
  static let areas: [(DrawnShape.Kind, Double)] = [
    (.disc, 3.141593), (.square, 2), (.triangle, 1.299038), (.cross, 1.8),
  ]

  @Test(arguments: areas) func coverageIsTheArea(kind: DrawnShape.Kind, area: Double) {
    let (cosine, sine) = (0.6, 0.8)
    let shape = DrawnShape(kind: kind, radius: 40, x: 50.3, y: 49.6, cosine: cosine, sine: sine)
    var sum = 0.0
    shape.forEachPixel(height: 100, width: 100) { _, coverage in sum += coverage }
    #expect(abs(sum / 1600 - area) < 0.005 * area, "\(sum / 1600)")
  }

  @Test func meansAreThoseOfArithmetic() throws {
    let values = try source().values(0)
    #expect(values.allSatisfy { (0...1).contains($0) })
    // Shapes never reach the corner: the grey there is uniform below 0.3.
    let corners = stride(from: 0, to: values.count, by: 3072).map { Double(values[$0]) }
    #expect(abs(corners.reduce(0, +) / 2000 - 0.15) < 0.01)
    // 0.15, and 0.35 more where the shape is: E r² = 79.36 pixels, mean area (π + 2 + 1.299 + 1.8)/4 r².
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    #expect(abs(mean - (0.15 + 0.35 * 2.0602 * 79.36 / 1024)) < 0.005, "\(mean)")
  }

  /// A disc covers more than a triangle of the same radius, on average: labels belong to their pictures.
  @Test func labelsAreTheShapes() throws {
    let (values, labels) = (
      try source(batch: 1000).values(2), try source(column: .labels, batch: 1000).values(2)
    )
    var covered = [Double](repeating: 0, count: 4)
    var counts = [Double](repeating: 0, count: 4)
    for i in 0..<1000 {
      let kind = try #require((0..<4).first { labels[4 * i + $0] == 1 })
      let picture = values[(3072 * i)..<(3072 * (i + 1))]
      let corner = picture[3072 * i]
      counts[kind] += 1
      covered[kind] += Double(
        (0..<1024).filter { place in
          (0..<3).contains { abs(picture[3072 * i + 1024 * $0 + place] - corner) > 0.02 }
        }.count)
    }
    let areas = zip(covered, counts).map { $0 / $1 / 79.36 }
    for (found, expected) in zip(areas, Self.areas) {
      #expect(abs(found - expected.1) < 0.25 * expected.1, "\(areas)")
    }
  }

  @Test func anySize() throws {
    #expect(try source([1, 9, 20], batch: 3).values(0).count == 3 * 180)
    for shape in [[2, 32, 32], [3, 4, 32], [3, 32], [32]] {
      #expect(throws: Diagnostic.self) { try LoadedDataset(ShapePictures(shape: shape)) }
    }
  }
}
