import Testing

@testable import Training

/// Values between latent values.
@Suite struct LatentPathTests {
  private static let (a, b): ([Float], [Float]) = ([1, 2, -0.5], [-0.3, 0.8, 1.5])

  /// (sin((1 − t)ω)a + sin(tω)b)/sin ω with cos ω = a·b/(‖a‖‖b‖), in NumPy.
  @Test(arguments: [
    (0.0, [1, 2, -0.5]), (0.25, [0.78138126, 2.05790339, 0.08676664]),
    (0.5, [0.46377935, 1.85511741, 0.66254193]), (1.0, [-0.3, 0.8, 1.5]),
  ])
  func arcs(share: Double, expected: [Double]) {
    let found = LatentPath.between(Self.a[...], Self.b[...], share, .arc)
    #expect(found.count == expected.count)
    for (value, expected) in zip(found, expected) { #expect(abs(Double(value) - expected) < 1e-6) }
  }

  @Test func lines() {
    #expect(LatentPath.between([0, 4], [2, 0], 0.25, .line) == [0.5, 3])
    // On a line with the origin there is no arc, and nothing is divided by 0.
    #expect(LatentPath.between([1, 1], [-1, -1], 0.5, .arc) == [0, 0])
    #expect(LatentPath.between([2], [3], 0.5, .arc) == [2.5])
    #expect(LatentPath.between([0, 0], [3, 1], 0.5, .arc).allSatisfy { $0.isFinite })
  }
}
