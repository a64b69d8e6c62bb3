import Foundation
import Testing

/// Metrics of a run: what is measured, and that nothing but the variables decides it.
@Suite struct MetricsTests {
  private static let run = "runs/00000-small-ring"

  private static let metrics = """
    metrics:
      - modes: {every: 5, samples: 200}
      - density_divergence: {every: 10, samples: 200}
      - sliced_wasserstein: {every: 10, samples: 200, reals: 150}
      - fid: {every: 0, samples: 200, groups: 10}
      - {name: gap, value: mean(D(x)) - mean(D(G(z))), every: 10, samples: 100}
      - {name: r, value: "sumsq(grad(loss(discriminator), params(D)))", mode: training, every: 10, samples: 1}
      - adversary_gradient: {every: 0, samples: 1}
      - gradient_norm: {player: discriminator, every: 0, samples: 1}
      - optimality: {every: 10, samples: 32, steps: [1, 3]}
      - layer_gradients: {player: generator, every: 10, samples: 32}
      - update_ratio: {player: discriminator, every: 10}
      - singular_values: {player: discriminator, every: 10}
      - diversity: {every: 10, samples: 100}
    detectors:
      - {collapse: {below: 0.9, for: 1}}
      - {name: low, figure: modes.high_quality, below: 1.1, for: 3}

    """

  /// The metrics of each line that has some, by round.
  private func figures(_ lines: [String]) throws -> [Int: [String: [String: Any]]] {
    var result: [Int: [String: [String: Any]]] = [:]
    for line in lines {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      guard let metrics = object["metrics"] as? [String: [String: Any]] else { continue }
      result[try #require(object["round"] as? Int)] = metrics
    }
    return result
  }

  /// What stands under `metrics` in each line, to the last digit.
  private func texts(_ lines: [String]) -> [String] {
    lines.compactMap { line in
      line.range(of: "\"metrics\":").map { String(line[$0.lowerBound...]) }
    }
  }

  @Test func everythingIsMeasuredWhenItIsDue() throws {
    let place = try Workplace(spec: Workplace.ring + Self.metrics)
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    let found = try figures(place.lines("\(Self.run)/metrics.jsonl"))
    #expect(found.keys.sorted() == [5, 10, 15, 20])
    #expect(found[5]?.keys.sorted() == ["modes"])
    #expect(
      found[10]?.keys.sorted() == [
        "density_divergence", "diversity", "gap", "layer_gradients", "modes", "optimality", "r",
        "singular_values", "sliced_wasserstein", "update_ratio",
      ])
    let last = try #require(found[20])
    #expect(last["fid"]?["floor"] as? Double ?? 0 > 0)
    #expect(last["modes"]?["modes"] as? Double == 8)
    #expect(last["gap"]?["spread"] as? Double ?? 0 > 0)
    #expect(last["r"]?["value"] as? Double ?? 0 > 0)
    // Three ways to say AdvAs's r.
    let r = try #require(last["r"]?["value"] as? Double)
    #expect(last["adversary_gradient"]?["value"] as? Double == r)
    let norm = try #require(last["gradient_norm"]?["value"] as? Double)
    #expect(abs(norm * norm - r) < 1e-5 * r)
    let log = try place.lines("\(Self.run)/log.txt").joined(separator: "\n")
    let id = try #require(last["sliced_wasserstein"]?["protocol"] as? String)
    #expect(log.contains("metric sliced_wasserstein: protocol \(id): sliced_wasserstein: order 2"))
    #expect(log.contains("round 20  fid "))
    #expect(log.contains("warning: low since round 5: modes.high_quality is "), "\(log)")
  }

  @Test func resumingAndThreadsDoNotShow() throws {
    let whole = try Workplace(spec: Workplace.ring + Self.metrics)
    #expect(try whole.run("spec.yaml").status == 0)
    let parts = try Workplace(spec: Workplace.ring + Self.metrics)
    #expect(try parts.run("spec.yaml", "--steps", "10", "--threads", "3").status == 0)
    let resumed = try parts.run("resume", Self.run, "--steps", "20", "--threads", "2")
    #expect(resumed.status == 0, "\(resumed.error)")
    let expected = texts(try whole.lines("\(Self.run)/metrics.jsonl"))
    // The first part ended at round 10, where everything is measured.
    let observed = texts(try parts.lines("\(Self.run)/metrics.jsonl"))
    #expect(expected.count == 4)
    #expect(observed.count == 4)
    #expect(observed[0] == expected[0])
    #expect(observed[2...] == expected[2...])
    let evaluated = try parts.run("evaluate", Self.run, "--json", "--threads", "1")
    #expect(evaluated.status == 0, "\(evaluated.error)")
    #expect(texts([evaluated.output.trimmingCharacters(in: .newlines)]) == [expected[3]])
  }

  private static let collapsing = """
    spec: 1
    name: small ring
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 64}}
    latent: {z: {shape: [2], distribution: normal}}
    networks:
      G: {input: z, layers: [linear: 16, relu, linear: 2]}
      D: {input: x, layers: [linear: 16, leaky_relu: 0.2, linear: 1]}
    objective: non_saturating
    optimizer: {type: adam, lr: 0.05}
    train: {total: 140, threads: 1}
    metrics: [{diversity: {every: 10, samples: 200}}]
    detectors: [collapse]

    """

  /// At a rate that is far too high samples fall together within a hundred rounds.
  @Test func aCollapseIsNamedInTime() throws {
    let place = try Workplace(spec: Self.collapsing)
    let result = try place.run("spec.yaml")
    #expect(result.status == 0, "\(result.error)")
    let log = try place.lines("\(Self.run)/log.txt").joined(separator: "\n")
    let warning = try #require(
      log.firstMatch(of: /warning: collapse since round (\d+): diversity/), "\(log)")
    let round = try #require(Int(warning.1))
    #expect(round < 100)
    // Interrupted between the first sign and the warning, which needs a second one.
    let parts = try Workplace(spec: Self.collapsing)
    #expect(try parts.run("spec.yaml", "--steps", "\(round)").status == 0)
    #expect(try parts.run("resume", Self.run, "--steps", "140").status == 0)
    func warnings(_ place: Workplace) throws -> [String] {
      try place.lines("\(Self.run)/metrics.jsonl").compactMap { line in
        line.range(of: "\"warnings\":").map { String(line[$0.lowerBound...]) }
      }
    }
    #expect(try warnings(place).first?.contains("\"since\":\(round),") == true)
    #expect(try warnings(parts) == warnings(place))
  }

  /// Metrics do not belong to what a run's numbers depend on: others may be asked of the same checkpoint.
  @Test func anyMetricCanBeAskedOfARun() throws {
    let place = try Workplace()
    #expect(try place.run("spec.yaml").status == 0)
    let nothing = try place.run("evaluate", Self.run)
    #expect(nothing.status == 2)
    #expect(nothing.error.contains("measures nothing"))
    let result = try place.run(
      "evaluate", "\(Self.run)/checkpoint-000010.safetensors", "--set",
      "metrics=[{modes: {samples: 100}}]")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.hasPrefix("round 10\nmodes covered "), "\(result.output)")
  }

  private static let averaging = """
    ema: {G: {decay: 0.9}}
    metrics:
      - sliced_wasserstein: {samples: 200}
      - {name: current, type: sliced_wasserstein, samples: 200, use: current}
      - {name: averaged, type: sliced_wasserstein, samples: 200, use: ema}
      - {name: mean, value: "mean(G(z)^2)", samples: 200}
      - {name: mean_now, value: "mean(G(z)^2)", samples: 200, use: current}

    """

  /// Averages and current weights of one run, beside runs whose pictures are of the one or the other.
  @Test func weightsAreChosenByTheMetric() throws {
    let place = try Workplace(spec: Workplace.ring + Self.averaging)
    #expect(try place.run("spec.yaml").status == 0)
    let found = try #require(try figures(place.lines("\(Self.run)/metrics.jsonl"))[20])
    func value(_ name: String) -> Double? { found[name]?["value"] as? Double }
    #expect(value("averaged") == value("sliced_wasserstein"))
    #expect(value("averaged") != value("current"))
    #expect(value("mean") != value("mean_now"))
    #expect(found["averaged"]?["protocol"] as? String != found["current"]?["protocol"] as? String)
    let now = try place.run("spec.yaml", "--set", "samples.use=current")
    #expect(now.status == 0, "\(now.error)")
    let other = try figures(place.lines("runs/00001-small-ring/metrics.jsonl"))[20]
    #expect(other?["sliced_wasserstein"]?["value"] as? Double == value("current"))
    #expect(other?["averaged"]?["value"] as? Double == value("averaged"))
    #expect(other?["mean"]?["value"] as? Double == value("mean_now"))
  }

  /// How samples are drawn decides their figures; a protocol is one line, however an expression is written.
  @Test func protocolsSayHowSamplesAreDrawn() throws {
    let metrics = """
      metrics:
        - sliced_wasserstein: {samples: 100}
        - name: gap
          value: mean(D(x))
            - mean(D(G(z)))
          samples: 16

      """
    let place = try Workplace(spec: Workplace.ring + metrics)
    #expect(try place.run("spec.yaml", "--steps", "1").status == 0)
    let usual = try place.lines("\(Self.run)/log.txt").joined(separator: "\n")
    #expect(usual.contains("; 100 samples of G, current; "), "\(usual)")
    #expect(usual.contains(": mean(D(x)) - mean(D(G(z))); networks in "), "\(usual)")
    let other = try place.run(
      "spec.yaml", "--steps", "1", "--set", "samples.truncation=0.5", "--set",
      "samples.statistics=standing", "--set", "samples.noise=fixed")
    #expect(other.status == 0, "\(other.error)")
    let log = try place.lines("runs/00001-small-ring/log.txt").joined(separator: "\n")
    let drawn = "of G, current, truncation 0.5, statistics standing, batches 16, noise fixed; "
    #expect(log.contains(drawn), "\(log)")
  }

  @Test(arguments: [
    ("metrics=[{modes: {use: ema}}]", "no network has an average to measure"),
    ("metrics=[{name: a, value: mean(D(x)), mode: training, use: ema}]", "training mode"),
  ])
  func weightsThatAreNotThere(setting: String, message: String) throws {
    let place = try Workplace()
    let result = try place.run("spec.yaml", "--set", setting)
    #expect(result.status == 2)
    #expect(result.error.contains(message), "\(result.error)")
  }

  /// JSON has no infinities.
  @Test func whatIsNotFiniteIsNullAndNamed() throws {
    let place = try Workplace(
      spec: Workplace.ring + "metrics: [{name: lost, value: log(0*mean(x)), samples: 1}]\n")
    #expect(try place.run("spec.yaml").status == 0)
    let line = try #require(try place.lines("\(Self.run)/metrics.jsonl").last)
    #expect(line.contains("\"lost\":{\"value\":null,"), "\(line)")
    #expect(line.hasSuffix("\"nonfinite\":[\"lost.value\"]}"), "\(line)")
  }
}

/// Samples seen through a network that another run trained.
@Suite struct FeatureNetworkTests {
  private static let classifier = """
    spec: 1
    name: kinds
    data:
      x: {type: ring, batch: 64, labels: kind, range: [-1, 1]}
    networks:
      C:
        input: x
        layers: [linear: 16, relu, {linear: {out: 4, name: narrow}}, relu, linear: 8]
    bind: {real: x, label: kind}
    objective: cross_entropy
    optimizer: {type: adam, lr: 1e-2}
    train: {total: 300 steps, threads: 1}

    """

  private static let features = """
    features:
      kinds: {spec: kinds.yaml, weights: runs/00000-kinds/checkpoint-000300.safetensors, layer: narrow}
    metrics:
      - class_histogram: {samples: 400}
      - class_score: {samples: 400}
      - fid: {samples: 400}
      - {fid: {samples: 400, features: samples, name: plain}}

    """

  @Test func samplesAreSeenThroughIt() throws {
    let place = try Workplace(spec: Workplace.ring + Self.features)
    try Self.classifier.write(to: place.file("kinds.yaml"), atomically: true, encoding: .utf8)
    #expect(try place.run("kinds.yaml").status == 0)
    let result = try place.run("spec.yaml", "--steps", "5")
    #expect(result.status == 0, "\(result.error)")
    let log = try place.lines("runs/00001-small-ring/log.txt").joined(separator: "\n")
    #expect(log.contains("seen as C.narrow with graph and weights of digest"), "\(log)")
    #expect(log.contains("seen as C.4 with graph and weights of digest"), "\(log)")
    #expect(log.contains("seen as features themselves"), "\(log)")
    func number(_ name: String) throws -> Double {
      let line = try #require(log.split(separator: "\n").first { $0.contains("  \(name) ") })
      return try #require(
        line.split(separator: " ").lazy.compactMap { Double($0) }.dropFirst().first)
    }
    #expect(try number("class_score") >= 1)
    #expect(try number("class_histogram") > 0)
    // Four numbers of a trained layer are not the two coordinates.
    #expect(try number("fid") != number("plain"))
  }

  @Test func faultsPointAtItsEntry() throws {
    let place = try Workplace(spec: Workplace.ring + Self.features)
    try Self.classifier.write(to: place.file("kinds.yaml"), atomically: true, encoding: .utf8)
    let missing = try place.run("spec.yaml")
    #expect(missing.status == 2)
    #expect(missing.error.contains("spec.yaml:32:3"), "\(missing.error)")
    #expect(missing.error.contains("checkpoint-000300.safetensors"), "\(missing.error)")
    #expect(try place.run("kinds.yaml").status == 0)
    let layer = try place.run("spec.yaml", "--set", "features.kinds.layer=7")
    #expect(layer.status == 2)
    #expect(layer.error.contains("network 'C' has no layer '7'"), "\(layer.error)")
    #expect(layer.error.contains("layers are 0, 1, narrow, 3, 4"), "\(layer.error)")
    let weights = try place.run(
      "spec.yaml", "--set", "features.kinds.weights=kinds.yaml")
    #expect(weights.status == 2, "\(weights.error)")
  }
}
