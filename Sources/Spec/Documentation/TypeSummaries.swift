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

  static let layers = [
    "linear": "x*W' + b on `[features]`, W being `[out, in]`.",
    "conv": "Convolution of `[channels, height, width]`, as PyTorch's Conv2d with zero padding.",
    "conv_transpose": "Its transpose, as PyTorch's ConvTranspose2d.",
    "batch_norm":
      "Per feature or channel over the batch and all places; training steps use the batch's own statistics.",
    "relu": "max(x, 0).",
    "leaky_relu": "x above 0, slope*x below.",
    "tanh": "The hyperbolic tangent.",
    "sigmoid": "1/(1 + exp(-x)).",
    "softplus": "log(1 + exp(x)).",
    "elu": "x above 0, alpha*(exp(x) - 1) below.",
    "gelu": "x times the normal distribution function of x, exact, by erf.",
    "swish": "x*sigmoid(x).",
    "reshape": "One sample in another shape.",
    "flatten": "One sample as a vector.",
    "add": "The sum of its operands, of equal shapes: `add: [previous, name]`.",
    "concatenate": "Its operands side by side along channels or features.",
    "upsample": "Each row and column repeated.",
    "average_pool": "Means of squares.",
    "global_sum_pool": "The sum over all places: `[C, H, W]` to `[C]`.",
    "global_mean_pool": "The mean over all places.",
    "residual": "main(x) + shortcut(x).",
    "repeat": "Its list several times.",
  ]
}
