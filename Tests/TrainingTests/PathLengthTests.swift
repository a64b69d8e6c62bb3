import Compilation
import Diagnostics
import Metrics
import Spec
import Testing

@testable import Training

/// How far samples move on paths, of generators of which that is known.
@Suite struct PathLengthTests {
  /// The figures of `path_length` with these keys, of samples `value` of networks M and S.
  private func figures(
    latent: String, networks: String, value: String, keys: String
  ) throws -> [String: Double] {
    let text = """
      spec: 1
      data: {x: {type: ring, batch: 4}}
      latent: {\(latent)}
      networks: {\(networks), D: {input: x, layers: [linear: 1]}}
      players: {d: {trains: D, minimizes: mean(D(x)^2)}}
      optimizer: {type: sgd, lr: 0.1}
      train: {total: 1, threads: 2}
      samples: {value: "\(value)", count: 50}
      metrics: [{path_length: {\(keys)}}]
      """
    let result = SpecLoader().load(text: text)
    guard let experiment = result.experiment else { throw result.diagnostics }
    var compiler = Compiler()
    let trainer = try Trainer(compiler.compile(experiment))
    let evaluation = try #require(try Evaluation(trainer, of: experiment))
    let measured = try #require(evaluation.measure(round: 0, isLast: true).first)
    return Dictionary(uniqueKeysWithValues: measured.figures.map { ($0.name, $0.value) })
  }

  /// Between numbers that are uniform on [-1, 1], 3z moves by 3(b - a): u = |b - a| has the density 1 - u/2 on [0, 2], and
  /// its square, between the percentiles 1 and 99, the mean [u³/3 - u⁴/8]/0.98 with u(p) = 2(1 - √(1 - p)).
  @Test(arguments: [
    ("S: {input: z, layers: [scale: 3]}", "S(z)", "latents", "anywhere"),
    ("S: {input: z, layers: [scale: 3]}", "S(z)", "latents", "ends"),
    (
      "M: {input: z, layers: [scale: 6]}, S: {input: z, layers: [scale: 0.5]}", "S(M(z))", "M",
      "anywhere"
    ),
    (
      "M: {input: z, layers: [scale: 6]}, S: {input: z, layers: [scale: 0.5]}", "S(M(z))", "M",
      "ends"
    ),
    (
      "M: {input: footpath, layers: [scale: 6]}, S: {input: {w: [1]}, layers: [scale: 0.5]}",
      "S(M(footpath))", "M", "anywhere"
    ),
  ])
  func linesOfALinearGenerator(
    networks: String, value: String, space: String, place: String
  ) throws {
    let name = value.contains("footpath") ? "footpath" : "z"
    let found = try figures(
      latent: "\(name): {shape: [1], distribution: uniform}", networks: networks, value: value,
      keys: "samples: 20000, step: 0.01, space: \(space), at: \(place)")
    func bound(_ p: Double) -> Double { 2 * (1 - (1 - p).squareRoot()) }
    func integral(_ u: Double) -> Double { u * u * u / 3 - u * u * u * u / 8 }
    let expected = 9 * (integral(bound(0.99)) - integral(bound(0.01))) / 0.98
    #expect(abs((found["value"] ?? 0) - expected) < 0.02 * expected)
    // The median of u is that of the whole.
    let median = 9 * bound(0.5) * bound(0.5)
    #expect(abs((found["median"] ?? 0) - median) < 0.03 * median)
  }

  /// Normal vectors of n numbers stand nearly at right angles and are √n long, so that 2z moves by about 2·√n·π/2.
  @Test func arcsOfALinearGenerator() throws {
    let found = try figures(
      latent: "z: {shape: [4096]}", networks: "S: {input: z, layers: [scale: 2]}", value: "S(z)",
      keys: "samples: 100, step: 0.001")
    let expected = 4 * 4096 * Double.pi * Double.pi / 4
    #expect(abs((found["value"] ?? 0) - expected) < 0.02 * expected)
  }

  /// What layers draw is the same on both ends of a step.
  @Test func noiseDoesNotCount() throws {
    let found = try figures(
      latent: "z: {shape: [1], distribution: uniform}",
      networks: "S: {input: z, layers: [scale: 0, reshape: [1, 1, 1], noise: 1, flatten]}",
      value: "S(z)", keys: "samples: 50")
    #expect(found["value"] == 0)
  }
}
