import Random
import Testing

@Suite struct RandomStreamTests {
  let stream = RandomStream(seed: 42, name: "discriminator/z")

  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 64, 255, 256, 257, 300, 511, 999])
  func chunkingDoesNotMatter(cut: Int) {
    let normals = stream.normals(1000, step: 9)
    #expect(
      stream.normals(cut, step: 9) + stream.normals(1000 - cut, step: 9, offset: cut) == normals)
    let uniforms = stream.uniforms(1000, step: 9)
    #expect(
      stream.uniforms(cut, step: 9) + stream.uniforms(1000 - cut, step: 9, offset: cut) == uniforms)
  }

  @Test func fillsStayInsideTheirBuffer() {
    for count in [1, 3, 255, 256, 257, 600] {
      var out = [Float](repeating: -77, count: count + 2)
      out.withUnsafeMutableBufferPointer {
        stream.fillNormal(.init(rebasing: $0[1...count]), step: 0, offset: 5)
      }
      #expect(out[0] == -77 && out[count + 1] == -77)
      #expect(!out[1...count].contains(-77))
    }
  }

  @Test func seedNameAndStepAllMatter() {
    let base = stream.words(8, step: 0)
    #expect(RandomStream(seed: 43, name: "discriminator/z").words(8, step: 0) != base)
    #expect(RandomStream(seed: 42 | 1 << 40, name: "discriminator/z").words(8, step: 0) != base)
    #expect(RandomStream(seed: 42, name: "generator/z").words(8, step: 0) != base)
    #expect(stream.words(8, step: 1) != base)
    #expect(stream.words(8, step: 1 << 32) != base)
    #expect(RandomStream(seed: 42, name: "discriminator/z").words(8, step: 0) == base)
  }

  static let ranges: [(Float, Float)] = [
    (-1, 1), (0, 1), (1, 1 + .ulpOfOne), (-.leastNonzeroMagnitude, 0),
    (-.greatestFiniteMagnitude, .greatestFiniteMagnitude), (-3, -2),
  ]

  @Test(arguments: ranges) func uniformStaysInItsRange(low: Float, high: Float) {
    let x = stream.uniforms(20_000, low: low, high: high)
    #expect(x.allSatisfy { $0 >= low && $0 < high })
  }

  @Test func emptyRangeGivesItsBound() {
    #expect(stream.uniforms(9, low: 2, high: 2) == [Float](repeating: 2, count: 9))
  }

  @Test(arguments: [1, 2, 3, 7, 1000, Int.max]) func integersStayBelowTheirBound(bound: Int) {
    for i in 0..<2000 {
      #expect((0..<bound).contains(stream.uniformInt(below: bound, at: i, step: 0)))
    }
  }

  @Test func integersAreUniform() {
    var counts = [Int](repeating: 0, count: 7)
    for i in 0..<70_000 { counts[stream.uniformInt(below: 7, at: i, step: 3)] += 1 }
    let chiSquare = counts.reduce(0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
    #expect(chiSquare < 27.9)  // six degrees of freedom, p = 1e-4
    let mean = (0..<20_000).reduce(0) { $0 + stream.uniform(at: $1, step: 1) } / 20_000
    #expect(abs(mean - 0.5) < 0.01)
  }

  /// Computed once by an independent program: a change here is a change of every seeded run.
  @Test func recordedDraws() {
    #expect(
      stream.words(4, step: 2) == [2_092_581_920, 238_839_866, 2_797_538_776, 3_665_745_430])
  }
}
