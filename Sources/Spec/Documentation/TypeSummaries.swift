import Data

/// One line about each word that `type` or a layer list may have, besides those of the prelude.
enum TypeSummaries {
  static let data = Dictionary(
    uniqueKeysWithValues: DatasetType.all.map { ($0.name, $0.summary) })

  static let optimizers = [
    "adam": "Kingma and Ba 2015, with bias correction; `eps` outside the root.",
    "adamw": "Loshchilov and Hutter 2019: weight decay apart from the gradient.",
    "rmsprop": "Tieleman and Hinton 2012, not centred.",
    "sgd": "Gradient descent, with momentum if asked.",
    "adagrad": "Duchi, Hazan and Singer 2011.",
  ]

  static let schedules = [
    "constant": "The value as it is.",
    "linear": "A straight line from the value to `to`.",
    "cosine":
      "Half a cosine wave from the value to `to`; Loshchilov and Hutter 2017 without restarts.",
    "step": "Times `factor` at the end of every `every` rounds.",
    "exponential": "Times `factor` over every `every` rounds, little by little.",
  ]
}
