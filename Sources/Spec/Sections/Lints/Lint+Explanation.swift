extension Lint {
  /// What `advas-run explain` says of the lint: what it warns of, why that matters, how to mend or silence it.
  var explanation: String {
    "lint \(rawValue)\n\n\(meaning)\n\nWhy: \(reason)\nMend: \(remedy)\n"
      + "Silence: lint: {silence: [\(rawValue)]}\n"
  }

  /// Why the doubt is worth a line.
  private var reason: String {
    switch self {
    case .batchNormUnderGradientPenalty:
      "With batch norm a score depends on the whole batch, and the gradient of a sum of scores by one sample mixes all of them: "
        + "the penalty is about something else than the paper's (Gulrajani et al. 2017, section 4)."
    case .unconstrainedCritic:
      "Wasserstein's distance is a supremum over Lipschitz critics; without that the critic's scores grow without bound."
    case .boundedScore:
      "The objective squashes, or bounds, what it gets. A second sigmoid leaves scores between 0 and 1, so that gradients hardly reach the "
        + "generator."
    case .outputRange:
      "A generator cannot make what lies outside of its range, so that the discriminator tells samples apart by their range alone."
    case .unusedDefinition: "It is probably misspelt where it was to be used, or a leftover."
    case .repeatedRegularizer: "Both count, so that the weight is the sum of theirs."
    case .idlePenalty:
      "Its derivative by everything that the player trains is 0: it costs time and changes nothing."
    case .idlePlayer: "Its networks keep their first weights."
    case .idleRate: "Those rounds cost as much as any and end where they began."
    case .undrawnSamples: "A run without pictures is hard to judge while it trains."
    }
  }

  /// What to change.
  private var remedy: String {
    switch self {
    case .batchNormUnderGradientPenalty:
      "leave batch norm out of that network, or use layer_norm, instance_norm or group_norm."
    case .unconstrainedCritic:
      "add wgan_gp, weight_clipping or spectral_norm to regularizers."
    case .boundedScore:
      "end the discriminator in its last linear layer; samples: {through: identity} where pictures are meant."
    case .outputRange: "say range: [-1, 1] for data under tanh, [0, 1] under sigmoid."
    case .unusedDefinition: "use it by its name, or remove it."
    case .repeatedRegularizer: "keep one, with the weight that is meant."
    case .idlePenalty: "give it to the player whose networks it is about: player: discriminator."
    case .idlePlayer: "name the player in train.order."
    case .idleRate: "let the schedule reach its end at train.total, or stop the run there."
    case .undrawnSamples: "say samples.value, samples.range, or which stream the samples are like."
    }
  }
}
