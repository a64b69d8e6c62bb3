import Foundation
import Metrics
import Testing

/// Arrays that a hash makes, as `Vectors/record.py` makes them.
enum HashArrays {
  static func hash(_ k: UInt32) -> UInt32 {
    var k = k &* 2_654_435_761
    k ^= k >> 16
    k = k &* 2_246_822_519
    k ^= k >> 13
    k = k &* 3_266_489_917
    return k ^ k >> 16
  }

  /// Uniform numbers of [0, 1).
  static func uniform(_ n: Int, _ d: Int, seed: Int) -> Matrix {
    Matrix(
      columns: d,
      (0..<n * d).map { i in
        let index = UInt32(truncatingIfNeeded: seed * 1_000_003 + 1009 * (i / d) + i % d)
        return Double(hash(index)) / 0x1p32
      })
  }

  /// Sums of four uniform numbers, less 2: nearly normal.
  static func normal(_ n: Int, _ d: Int, seed: Int) -> Matrix {
    var sum = uniform(n, d, seed: seed)
    for shift in [101, 202, 303] {
      let part = uniform(n, d, seed: seed + shift)
      for i in sum.values.indices { sum.values[i] += part.values[i] }
    }
    for i in sum.values.indices { sum.values[i] -= 2 }
    return sum
  }
}

/// A file of figures that others computed.
struct Vectors {
  private let root: Any

  init(_ name: String) throws {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors"))
    root = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
  }

  private init(root: Any) { self.root = root }

  /// What lies under these keys; an index counts a list.
  func value(_ path: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Any {
    var value = root
    for key in path {
      if let list = value as? [Any], let index = Int(key) {
        value = list[index]
      } else {
        let members = try #require(value as? [String: Any], sourceLocation: sourceLocation)
        value = try #require(members[key], "no '\(key)'", sourceLocation: sourceLocation)
      }
    }
    return value
  }

  subscript(_ path: String...) -> Double {
    get throws { try number(path) }
  }

  func number(_ path: [String]) throws -> Double {
    var vectors = self
    for key in path { vectors = Vectors(root: try vectors.value(key)) }
    return try #require((vectors.root as? NSNumber)?.doubleValue, "\(path) is no number")
  }

  func numbers(_ path: String...) throws -> [Double] {
    var vectors = self
    for key in path { vectors = Vectors(root: try vectors.value(key)) }
    return try #require(vectors.root as? [NSNumber]).map(\.doubleValue)
  }
}

/// Whether two figures agree to `tolerance`, relative where they are large.
///
/// With `METRIC_TABLE=FILE` in the environment a line there tells of it: the test, how far apart both are, and both.
func agree(
  _ value: Double, _ expected: Double, _ tolerance: Double = 1e-12,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = abs(value - expected)
  if let path = ProcessInfo.processInfo.environment["METRIC_TABLE"], let file = fopen(path, "a") {
    let distance = difference / max(1, abs(expected))
    fputs("\(Test.current?.name ?? "")\t\(distance)\t\(value)\t\(expected)\n", file)
    fclose(file)
  }
  #expect(
    difference <= tolerance * max(1, abs(expected)),
    "\(value) instead of \(expected), \(difference) apart", sourceLocation: sourceLocation)
}
