import Foundation
import Testing

/// What a page shows beside numbers: what detectors found, classes, neighbours.
@Suite struct ReportDetailTests {
  private static let run = "runs/00000-pictures"

  /// Pictures of two kinds, and a generator of one: noise that a classifier without training sees somehow.
  private static let spec = """
    spec: 1
    name: pictures
    data:
      x: {type: shapes, shape: [1, 8, 8], batch: 16}
    latent:
      z: {shape: [4]}
    networks:
      G: {input: z, layers: [{linear: 64}, tanh, {reshape: [1, 8, 8]}]}
      D: {input: x, layers: [flatten, {linear: 1}]}
    objective: non_saturating
    features: {kinds: {spec: kinds.yaml, weights: WEIGHTS}}
    metrics:
      - class_histogram: {every: 5, samples: 64}
      - copies: {every: 5, samples: 64, features: samples}
      - {name: constant, value: mean(0*D(x)), every: 5, samples: 16}
    detectors:
      - {name: low, figure: constant, below: 1, for: 2}
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 15 steps, threads: 1}
    samples: {every: 5}

    """

  private func place() throws -> Workplace {
    let place = try Workplace(
      spec: """
        spec: 1
        name: kinds
        data:
          x: {type: shapes, shape: [1, 8, 8], batch: 16}
        latent:
          y: {distribution: classes, of: 6, batch: 16}
        networks:
          C: {input: x, layers: [flatten, {linear: 6}]}
        bind: {real: x, label: y}
        objective: cross_entropy
        optimizer: {type: adam, lr: 1e-3}
        train: {total: 5 steps, threads: 1}

        """)
    try FileManager.default.moveItem(at: place.spec, to: place.file("kinds.yaml"))
    let trained = try place.run("kinds.yaml", "--out", "kinds")
    #expect(trained.status == 0, "\(trained.error)")
    let weights = "kinds/00000-kinds/checkpoint-000005.safetensors"
    try Self.spec.replacingOccurrences(of: "WEIGHTS", with: weights)
      .write(to: place.spec, atomically: true, encoding: .utf8)
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    return place
  }

  @Test func detailsOfMetricsAreShown() throws {
    let place = try place()
    let last = try #require(try place.lines("\(Self.run)/metrics.jsonl").last)
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
    let metrics = try #require(line["metrics"] as? [String: [String: Any]])
    let counts = try #require(metrics["class_histogram"]?["classes"] as? [String: [Int]])
    #expect(counts["generated"]?.reduce(0, +) == 64 && counts["reals"]?.reduce(0, +) == 64)
    let seen = try #require(metrics["copies"]?["neighbours"] as? [String: Any])
    #expect(seen["shown"] as? Int == 12 && seen["each"] as? Int == 3)
    for round in ["000005", "000010", "000015"] {
      let picture = place.file("\(Self.run)/neighbours\(round).png").path
      #expect(FileManager.default.fileExists(atPath: picture))
    }
    let listed = try place.run("list", "runs").output
    #expect(listed.contains("warnings\n") && listed.contains("  low @5\n"), "\(listed)")
    let json = try place.run("list", "runs", "--json").output
    #expect(json.contains(#""warnings":[{"detector":"low","since":5,"#), "\(json)")
    #expect(try place.run("report", Self.run, "-o", "page.html").status == 0)
    let page = try String(contentsOf: place.file("page.html"), encoding: .utf8)
    #expect(page.contains(#""warnings":[{"detector":"low","since":5,"#))
    #expect(page.contains(#""neighbours":{"round":15,"source":"data:image/png;base64,"#))
    let generated = try #require(counts["generated"]).map { "\($0)" }.joined(separator: ",")
    #expect(page.contains("\"generated\":[\(generated)]"))
  }
}
