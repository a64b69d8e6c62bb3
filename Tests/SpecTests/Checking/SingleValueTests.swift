import Diagnostics
import Spec
import Testing

/// Statistics over one value; PyTorch refuses batch norm of it ("Expected more than 1 value per channel").
struct SingleValueTests {
  private func errors(
    batch: Int, generator: String = "[linear: 2]", critic: String = "[linear: 1]",
    regularizers: String = "", layers: String = ""
  ) -> String {
    let text = """
      spec: 1
      data: {x: {type: ring, modes: 5, batch: \(batch)}}
      latent: {z: {shape: [4]}}
      networks:
        G: {input: z, layers: \(generator)}
        D: {input: x, layers: \(critic)}
      objective: hinge
      regularizers: [\(regularizers)]
      define: {layers: {\(layers)}}
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2}
      """
    let result = SpecLoader().load(text: text)
    return result.experiment == nil ? result.diagnostics.rendered : ""
  }

  @Test(arguments: [(1, true), (2, false)])
  func batchNormOfOneSample(batch: Int, isWrong: Bool) {
    let text = errors(batch: batch, generator: "[linear: 4, batch_norm, relu, linear: 2]")
    #expect(text.contains("'G.1' sees one value a channel in a batch of 1") == isWrong, "\(text)")
    // Both players look through it, and it is one fault.
    #expect(text.split(separator: "error:").count == (isWrong ? 2 : 0), "\(text)")
  }

  /// Four places of one sample have a mean and a variance.
  @Test func batchNormOfOnePicture() {
    let generator = "[reshape: [1, 2, 2], batch_norm, flatten, linear: 2]"
    #expect(errors(batch: 1, generator: generator).isEmpty)
  }

  /// AdvAs takes the discriminator's loss of halves; the generator runs on the whole batch.
  @Test(arguments: [(2, true), (4, false)])
  func batchNormOfHalves(batch: Int, isWrong: Bool) {
    let critic = "[linear: 4, batch_norm, relu, linear: 1]"
    let text = errors(batch: batch, critic: critic, regularizers: "advas")
    #expect(text.contains("'D.1' sees one value a channel in halves of a batch of 2") == isWrong)
    #expect(text.isEmpty != isWrong, "\(text)")
    let generator = "[linear: 4, batch_norm, relu, linear: 2]"
    #expect(errors(batch: batch, generator: generator, regularizers: "advas").isEmpty)
  }

  @Test(arguments: [
    (1, "var(D(x))", true), (2, "var(D(x))", false), (2, "mean(var(D(x), over=sample))", true),
  ])
  func varianceOfOneValue(batch: Int, value: String, isWrong: Bool) {
    let own = "{name: own, player: discriminator, value: \"\(value)\"}"
    let text = errors(batch: batch, regularizers: own)
    #expect(text.contains("this is the variance of one value") == isWrong, "\(text)")
  }

  /// The mean over pairs of different samples divides by batch·(batch − 1), which is 0 for one sample.
  @Test(arguments: [
    (1, "mean(sqdist(D(x), D(x)), over=distinct)", true),
    (1, "sum(exp(-sqdist(D(x), D(x))), over=distinct)", true),
    (2, "mean(sqdist(D(x), D(x)), over=distinct)", false), (1, "mean(sqdist(D(x), D(x)))", false),
  ])
  func pairsOfDifferentSamples(batch: Int, value: String, isWrong: Bool) {
    let own = "{name: own, player: discriminator, value: \"\(value)\"}"
    let text = errors(batch: batch, regularizers: own)
    #expect(
      text.contains("there are no two different samples in a batch of 1") == isWrong, "\(text)")
    #expect(text.isEmpty != isWrong, "\(text)")
  }

  /// A penalty's own step has a batch of its own.
  @Test(arguments: [(1, true), (2, false)])
  func statisticsOfOwnSteps(batch: Int, isWrong: Bool) {
    for (value, message) in [
      ("var(D(x))", "this is the variance of one value"),
      ("mean(sqdist(D(x), D(x)), over=distinct)", "no two different samples in a batch of 1"),
    ] {
      let keys = "player: discriminator, lazy: own_step, batch: \(batch)"
      let text = errors(batch: 8, regularizers: "{name: own, \(keys), value: \"\(value)\"}")
      #expect(text.contains(message) == isWrong, "\(text)")
      #expect(text.isEmpty != isWrong, "\(text)")
    }
  }

  @Test(arguments: [(4, true), (8, false)])
  func statisticsOfOnePack(batch: Int, isWrong: Bool) {
    for (value, message) in [
      ("mean(sqdist(pack(D(x), 4), pack(D(x), 4)), over=distinct)", "two different packs of 4 in"),
      ("mean(var(pack(D(x), 4), along=batch))", "this is the variance of one value"),
    ] {
      let own = "{name: own, player: discriminator, value: \"\(value)\"}"
      let text = errors(batch: batch, regularizers: own)
      #expect(text.contains(message) == isWrong, "\(text)")
      #expect(text.isEmpty != isWrong, "\(text)")
    }
  }

  /// `advas` halves the discriminator's loss, in which one sample of two is left.
  @Test(arguments: [(2, true), (4, false)])
  func pairsOfHalves(batch: Int, isWrong: Bool) {
    let text = """
      spec: 1
      data: {x: {type: ring, modes: 5, batch: \(batch)}}
      latent: {z: {shape: [4]}}
      networks:
        G: {input: z, layers: [linear: 2]}
        D: {input: x, layers: [linear: 1]}
      optimizer: {type: adam, lr: 1e-3}
      players:
        discriminator: {trains: D, minimizes: "mean(sqdist(D(x), D(G(z))), over=distinct)"}
        generator:
          trains: G
          minimizes: "mean(D(G(z)))"
          penalties: [{name: own, weight: 1, value: "loss(discriminator, half=1)"}]
      train: {total: 2}
      """
    let result = SpecLoader().load(text: text)
    let found = result.diagnostics.rendered
    #expect(
      found.contains("no two different samples in halves of a batch of 2") == isWrong, "\(found)")
    #expect((result.experiment == nil) == isWrong, "\(found)")
  }

  @Test(arguments: [
    (1, "mean(var(D(x), along=batch))", true), (2, "mean(var(D(x), along=batch))", false),
    (1, "var(sqdist(D(x), D(x)))", true), (2, "var(sqdist(D(x), D(x)))", false),
    (8, "mean(var(D(x), along=channel))", true),
  ])
  func varianceAlongOneValue(batch: Int, value: String, isWrong: Bool) {
    varianceOfOneValue(batch: batch, value: value, isWrong: isWrong)
  }

  /// More values than an integer counts are more than one.
  @Test func varianceOfMoreValuesThanCanBeCounted() {
    let text = """
      spec: 1
      data: {x: {type: ring, batch: 2147483648}}
      latent: {z: {shape: [1024, 1024, 1024, 1024]}}
      networks: {D: {input: x, layers: [linear: 1]}}
      players: {critic: {trains: D, minimizes: var(z) + mean(D(x))}}
      optimizer: {type: adam, lr: 1e-3}
      train: {total: 2}
      """
    let result = SpecLoader().load(text: text)
    #expect(result.experiment != nil, "\(result.diagnostics.rendered)")
  }

  /// A layer of the spec's own takes in all samples by either side of a dot product.
  @Test(arguments: ["dot(w, x)", "dot(x, w)"]) func dotOfOneSample(product: String) {
    let weight = "parameters: {w: {shape: [C], init: 1}}"
    let layer = "own: {input: {x: [C]}, \(weight), value: \"x/\(product)\"}"
    let text = errors(batch: 1, critic: "[own, linear: 1]", layers: layer)
    #expect(text.contains("'D.0' sees one value a channel in a batch of 1"), "\(text)")
  }

  /// (x − mean)/√(0 + eps) of one value is 0 whatever the value.
  @Test(arguments: [
    ("linear: 1, layer_norm", true), ("linear: 2, layer_norm", false),
    ("linear: 4, group_norm: 4", true), ("linear: 4, group_norm: 2", false),
  ])
  func normsOfOneFeature(layers: String, isWrong: Bool) {
    let text = errors(batch: 8, critic: "[\(layers), linear: 1]")
    #expect(text.contains("'D.1' takes the variance of one value") == isWrong, "\(text)")
  }
}
