import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct PointDistributionTests {
  func source(
    _ kind: any DatasetDefinition, _ column: BatchSource.Column = .samples, batch: Int = 4000,
    range: ClosedRange<Double>? = nil
  ) throws -> BatchSource {
    try BatchSource(
      dataset: LoadedDataset(kind, range: range), column: column, batch: batch, seed: 3,
      player: "discriminator", shuffleKey: "x")
  }

  func points(_ values: [Float]) -> [SIMD2<Double>] {
    stride(from: 0, to: values.count, by: 2).map {
      SIMD2(Double(values[$0]), Double(values[$0 + 1]))
    }
  }

  /// Classes of a one-hot batch.
  func classes(_ values: [Float], _ count: Int) -> [Int] {
    stride(from: 0, to: values.count, by: count).map { start in
      #expect(values[start..<(start + count)].reduce(0, +) == 1)
      return (values[start..<(start + count)].firstIndex(of: 1) ?? start) - start
    }
  }

  @Test func ringModesMatchTheirLabels() throws {
    let kind = Ring(modes: 8, radius: 2, sigma: 0.02)
    let samples = points(try source(kind).values(4))
    let modes = classes(try source(kind, .labels).values(4), 8)
    var counts = [Int](repeating: 0, count: 8)
    var square = 0.0
    for (point, mode) in zip(samples, modes) {
      counts[mode] += 1
      let centre = 2 * SIMD2(cos(.pi * Double(mode) / 4), sin(.pi * Double(mode) / 4))
      let distance = point - centre
      #expect(abs(distance.x) < 0.14 && abs(distance.y) < 0.14)
      square += (distance * distance).sum()
    }
    #expect(abs((square / 8000).squareRoot() - 0.02) < 0.001)
    let chiSquare = counts.reduce(0) { $0 + Double(($1 - 500) * ($1 - 500)) / 500 }
    #expect(chiSquare < 29.9)  // seven degrees of freedom, p = 1e-4
  }

  @Test func gridModesMatchTheirLabels() throws {
    let kind = Grid(side: 5, spacing: 2, sigma: 0.05)
    let samples = points(try source(kind).values(0))
    let modes = classes(try source(kind, .labels).values(0), 25)
    #expect(Set(modes).count == 25)
    for (point, mode) in zip(samples, modes) {
      let centre = SIMD2(Double(mode % 5) * 2 - 4, Double(mode / 5) * 2 - 4)
      #expect(abs(point.x - centre.x) < 0.35 && abs(point.y - centre.y) < 0.35)
    }
  }

  @Test func moonsMatchTheirLabels() throws {
    let samples = points(try source(Moons(noise: 0)).values(1))
    let modes = classes(try source(Moons(noise: 0), .labels).values(1), 2)
    for (point, mode) in zip(samples, modes) {
      let centre = mode == 0 ? SIMD2(0.0, 0) : SIMD2(1.0, 0.5)
      let offset = point - centre
      #expect(abs((offset * offset).sum() - 1) < 1e-5)
      #expect(mode == 0 ? offset.y >= -1e-6 : offset.y <= 1e-6)
    }
  }

  @Test func swissRollIsASpiral() throws {
    for point in points(try source(SwissRoll(noise: 0)).values(0)) {
      let t = (point * point).sum().squareRoot() * 7.5
      #expect(t > 1.5 * .pi - 1e-4 && t < 4.5 * .pi + 1e-4)
      #expect(abs(point.x * 7.5 - t * cos(t)) < 1e-3)
    }
  }

  static let kinds: [any DatasetDefinition] = [
    Ring(modes: 8, radius: 2, sigma: 0.02), Grid(side: 5, spacing: 2, sigma: 0.05),
    SwissRoll(noise: 0.25), Moons(noise: 0.05), Grid(side: 1, spacing: 0, sigma: 0),
  ]

  @Test(arguments: kinds) func batchesAreFreshAndReproducible(kind: any DatasetDefinition) throws {
    let first = try source(kind)
    let values = try first.values(7)
    #expect(first.batchesPerEpoch == nil)
    #expect(try source(kind).values(7) == values)
    if (kind as? Grid)?.side != 1 { #expect(try first.values(8) != values) }
  }

  @Test(arguments: kinds) func rangeHoldsNearlyAll(kind: any DatasetDefinition) throws {
    let values = try source(kind, range: -1...1).values(0)
    #expect(values.filter { abs($0) > 1 }.count < values.count / 200)
    #expect(values.allSatisfy { $0.isFinite })
  }

  static let wrong: [any DatasetDefinition] = [
    Ring(modes: 0, radius: 1, sigma: 1), Ring(modes: .min, radius: 1, sigma: 1),
    Ring(modes: .max, radius: 1, sigma: 1), Ring(modes: 8, radius: .nan, sigma: 1),
    Ring(modes: 8, radius: 1, sigma: -1), Grid(side: .max, spacing: 1, sigma: 1),
    Grid(side: 0, spacing: 1, sigma: 1), Grid(side: 2, spacing: .infinity, sigma: 1),
    SwissRoll(noise: .nan), Moons(noise: -0.1),
  ]

  @Test func mixturesThatAreRefused() {
    func message(_ centres: [Double], _ weights: [Double]) -> String {
      let mixture = Mixture1D(centres: centres, weights: weights, sigma: 1)
      let fault = #expect(throws: Diagnostic.self) { try LoadedDataset(mixture) }
      return fault?.message ?? ""
    }
    #expect(message([-1e31], []).hasPrefix("the magnitude of a centre"))
    #expect(message([-1, 1], [1]) == "a mixture has 2 centres and 1 weights")
    #expect(message([-1, 1], [0, 0]) == "the weights of a mixture are all 0")
  }

  @Test(arguments: wrong) func parametersOutOfRange(kind: any DatasetDefinition) {
    #expect(throws: Diagnostic.self) { try LoadedDataset(kind) }
  }
}
