/// One line about each word that `type` or a layer list may have, besides those of the prelude.
enum TypeSummaries {
  static let data = [
    "fashion_mnist": "Fashion-MNIST, 28x28 grey images of ten kinds; Debian's package by default.",
    "mnist": "The same form, in a folder of yours.",
    "idx": "Any images in idx files, `train-images-idx3-ubyte` and so on, plain or `.gz`.",
    "ring": "Gaussians on a circle, made as they are needed.",
    "grid": "Gaussians on a square of side*side points.",
    "swissroll": "A spiral.",
    "moons": "Two half circles.",
  ]

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
