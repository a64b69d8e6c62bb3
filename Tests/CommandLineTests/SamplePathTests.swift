import Foundation
import Testing

@testable import Data

/// `sample RUN --interpolate`, and samples that are drawn otherwise than by the run.
@Suite struct SamplePathTests {
  private static let run = "runs/00000-paths"

  /// A generator that is affine in its latent values, one of them stretched by a var.
  private static func spec(_ distribution: String) -> String {
    """
    spec: 1
    name: paths
    vars: {psi: 1}
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 8}}
    latent:
      z: {shape: [2], distribution: \(distribution)}
    networks:
      G: {input: z, layers: [{linear: {out: 2, bias: false}}]}
      D: {input: x, layers: [linear: 1]}
    bind: {fake: G(z)}
    objective: non_saturating
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 5 steps, threads: 1}
    samples: {value: psi*G(z), count: 8}

    """
  }

  private func trained(_ distribution: String) throws -> Workplace {
    let place = try Workplace(spec: Self.spec(distribution))
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  private func drawn(_ place: Workplace, _ arguments: String...) throws -> [Float] {
    let words = ["sample", Self.run, "-o", "s.npz"] + arguments
    let result = try Command.run(Command.url("advas-run"), words, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    guard
      case .floats(let values) = try NumpyFile.read(
        place.file("s.npz").path, array: "samples", key: nil
      )
      .values
    else { return [] }
    return values
  }

  /// An affine map takes lines to lines; path r leads from sample 2r to sample 2r + 1.
  @Test func pathsLeadFromSampleToSample() throws {
    let place = try trained("uniform")
    let ends = try drawn(place, "-n", "22")
    let paths = try drawn(place, "-n", "11", "--interpolate", "5")
    #expect(paths.count == 11 * 5 * 2)
    for path in 0..<11 {
      for step in 0..<5 {
        for axis in 0..<2 {
          let (a, b) = (ends[4 * path + axis], ends[4 * path + 2 + axis])
          let expected = a + (b - a) * Float(step) / 4
          #expect(abs(paths[(path * 5 + step) * 2 + axis] - expected) < 1e-5)
        }
      }
    }
  }

  @Test func arcsOfNormalValuesKeepTheirEnds() throws {
    let place = try trained("normal")
    let ends = try drawn(place, "-n", "8")
    let paths = try drawn(place, "-n", "4", "--interpolate", "3")
    for path in 0..<4 {
      for axis in 0..<2 {
        #expect(abs(paths[path * 6 + axis] - ends[4 * path + axis]) < 1e-5)
        #expect(abs(paths[path * 6 + 4 + axis] - ends[4 * path + 2 + axis]) < 1e-5)
      }
    }
    let text = try place.run("sample", Self.run, "-n", "4", "--interpolate", "3", "-o", "p.png")
    #expect(text.output.hasPrefix("4 paths of 3 samples of "), "\(text.output)\(text.error)")
    #expect(
      try place.run("sample", Self.run, "-n", "1", "--interpolate", "1", "-o", "p.png").status == 64
    )
  }

  @Test func samplesMayBeDrawnOtherwise() throws {
    let place = try trained("normal")
    let plain = try drawn(place, "-n", "50")
    let half = try drawn(place, "-n", "50", "--set", "vars.psi=0.5")
    #expect(zip(plain, half).allSatisfy { abs($0 * 0.5 - $1) < 1e-6 })
    let narrow = try drawn(place, "-n", "50", "--set", "samples.truncation=0.3")
    #expect(narrow != plain)
    // ‖Wz‖ ≤ ‖W‖·0.3·√2, and the plain ones are not within 0.3.
    #expect(narrow.map(abs).max() ?? 0 < plain.map(abs).max() ?? 0)
    let other = try place.run(
      "sample", Self.run, "-n", "2", "-o", "t.npz", "--set", "networks.G.layers.0.linear.out=3")
    #expect(other.status == 2, "\(other.output)")
  }
}
