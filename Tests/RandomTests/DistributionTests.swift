import Foundation
import Random
import Testing

/// Statistics at fixed seeds; the bounds are four to five standard errors, so that a right generator passes and a wrong
/// constant does not.
@Suite struct DistributionTests {
  let n = 400_000
  let stream = RandomStream(seed: 1, name: "statistics")

  @Test func uniformMoments() {
    let x = stream.uniforms(n).map(Double.init)
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = x.reduce(0, +) / Double(n)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
    #expect(abs(mean - 0.5) < 5 * (1 / 12.0 / Double(n)).squareRoot())
    #expect(abs(variance - 1 / 12.0) < 5 * (1 / 180.0 / Double(n)).squareRoot())
  }

  @Test func normalMoments() {
    let x = stream.normals(n).map(Double.init)
    func moment(_ k: Int) -> Double { x.reduce(0) { $0 + pow($1, Double(k)) } / Double(n) }
    let root = Double(n).squareRoot()
    #expect(abs(moment(1)) < 5 / root)
    #expect(abs(moment(2) - 1) < 5 * 2.0.squareRoot() / root)
    #expect(abs(moment(3)) < 5 * 15.0.squareRoot() / root)
    #expect(abs(moment(4) - 3) < 5 * 96.0.squareRoot() / root)
  }

  @Test func normalFollowsItsDistributionFunction() {
    let x = stream.normals(n).map(Double.init).sorted()
    let distance = kolmogorov(x) { 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    // One in 1500 right generators exceeds 2.0.
    #expect(distance < 2.0 / Double(n).squareRoot())
  }

  @Test func uniformFollowsItsDistributionFunction() {
    let x = stream.uniforms(n, low: -2, high: 6).map(Double.init).sorted()
    #expect(kolmogorov(x) { ($0 + 2) / 8 } < 2.0 / Double(n).squareRoot())
  }

  private func kolmogorov(_ sorted: [Double], _ cdf: (Double) -> Double) -> Double {
    sorted.enumerated().reduce(0) { worst, item in
      let p = cdf(item.element)
      return max(
        worst, abs(p - Double(item.offset) / Double(sorted.count)),
        abs(Double(item.offset + 1) / Double(sorted.count) - p))
    }
  }

  /// Neighbouring elements, steps and streams must be uncorrelated.
  @Test(arguments: [
    ("element", 0, "statistics", 1), ("pair", 0, "statistics", 2),
    ("step", 1, "statistics", 0), ("stream", 0, "statistics2", 0),
  ]) func uncorrelated(what: String, step: UInt64, name: String, offset: Int) {
    let a = stream.normals(n).map(Double.init)
    let b = RandomStream(seed: 1, name: name).normals(n, step: step, offset: offset)
      .map(Double.init)
    let correlation = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
    #expect(abs(correlation) < 5 / Double(n).squareRoot(), "\(what)")
    let squares = zip(a, b).reduce(0) { $0 + ($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1) } / Double(n)
    #expect(abs(squares) < 10 / Double(n).squareRoot(), "\(what)")
  }

  @Test func normalEqualsTheFormula() {
    let words = stream.words(4096, step: 3)
    let normals = stream.normals(4096, step: 3)
    for i in stride(from: 0, to: 4096, by: 2) {
      let radius = (-2 * log((Double(words[i]) + 0.5) * 0x1p-32)).squareRoot()
      let angle = 2 * Double.pi * (Double(words[i + 1]) + 0.5) * 0x1p-32
      #expect(abs(Double(normals[i]) - radius * cos(angle)) <= 3e-7 * max(radius, 1e-3))
      #expect(abs(Double(normals[i + 1]) - radius * sin(angle)) <= 3e-7 * max(radius, 1e-3))
    }
  }

  @Test func unitCircleEqualsLibm() {
    for i in -400...400 {
      let turns = Double(i) * 0.037
      let (c, s) = unitCircle(turns: turns)
      #expect(abs(c - cos(2 * .pi * turns)) < 1e-13 && abs(s - sin(2 * .pi * turns)) < 1e-13)
    }
  }
}
