import Foundation
import Testing

/// Statistics of reals that an earlier run has kept are for runs that see the same reals.
@Suite struct KeptStatisticsTests {
  private static func spec(_ stream: String) -> String {
    """
    spec: 1
    name: pixels
    data: {\(stream): {type: raw, path: pixels, batch: 4, shape: [1, 4, 4], range: [-1, 1]}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [{linear: 16}, {reshape: [1, 4, 4]}, tanh]}
      D: {input: \(stream), layers: [flatten, {linear: 1}]}
    objective: hinge
    bind: {real: \(stream)}
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 1, threads: 1}
    metrics: [{fid: {samples: 64, reals: 20, groups: 4}}]

    """
  }

  /// A place with 64 pictures that are bright on the right.
  private func place(_ stream: String = "x") throws -> Workplace {
    let place = try Workplace(spec: Self.spec(stream))
    let pixels = (0..<1024).map { (place: Int) -> UInt8 in
      UInt8(place % 4 * 60 + place * place % 13)
    }
    try Data(pixels).write(to: place.file("pixels"))
    return place
  }

  /// What a new run writes of its FID, the protocol included, where statistics are kept in `cache`.
  private func figures(of place: Workplace, _ cache: URL, _ arguments: String...) throws -> String {
    let words = ["XDG_CACHE_HOME=\(cache.path)", Command.url("advas-run").path, "spec.yaml"]
    let out = UUID().uuidString
    let result = try Command.run(
      URL(filePath: "/usr/bin/env"), words + ["--out", out] + arguments, in: place.folder)
    #expect(result.status == 0, "\(result.error)")
    let line = try #require(try place.lines("\(out)/00000-pixels/metrics.jsonl").last)
    return String(line[try #require(line.range(of: "\"fid\":{")).lowerBound...])
  }

  @Test func mirroredRealsAreOthers() throws {
    let place = try place()
    let (shared, own) = (place.file("shared"), place.file("own"))
    let flip = "data.x.flip=horizontal"
    let plain = try figures(of: place, shared)
    let mirrored = try figures(of: place, shared, "--set", flip)
    #expect(try mirrored == figures(of: place, own, "--set", flip))
    #expect(try plain == figures(of: place, shared))
    let protocols = [plain, mirrored].map { $0.firstMatch(of: /"protocol":"(\w+)"/)?.output.1 }
    #expect(protocols[0] != nil && protocols[0] != protocols[1], "\(protocols)")
  }

  /// Which samples are the first of a set follows from the seed and the name of its stream.
  @Test func realsOfAStreamOfAnotherNameAreOthers() throws {
    let (first, second) = (try place("x"), try place("y"))
    let (shared, own) = (first.file("shared"), first.file("own"))
    _ = try figures(of: first, shared)
    #expect(try figures(of: second, shared) == figures(of: second, own))
  }
}
