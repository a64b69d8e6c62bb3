import Diagnostics
import Spec
import Testing

/// A game of two layers each on a ring, for what is asked of compilation alone.
func smallestGame(update: String = "alternating") throws -> Experiment {
  let text = """
    spec: 1
    name: game
    data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 4}}
    latent: {z: {shape: [2]}}
    networks:
      G: {input: z, layers: [linear: 3, relu, linear: 2]}
      D: {input: x, layers: [linear: 3, softplus, linear: 1]}
    objective: wgan
    optimizer: {type: sgd, lr: 1e-3}
    train: {total: 1, threads: 1, update: \(update)}
    """
  let result = SpecLoader().load(text: text)
  return try #require(result.experiment, "\(result.diagnostics.rendered)")
}
