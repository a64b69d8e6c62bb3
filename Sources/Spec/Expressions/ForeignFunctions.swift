/// What other libraries and papers call a function of the expression language, and what is written here.
enum ForeignFunctions {
  /// Words in lower case, each in one row.
  static let table: [(instead: String, words: [String])] = [
    ("a^b", ["pow"]),
    ("mean(v)", ["reduce_mean", "avg", "average", "expectation", "e"]),
    ("sqrt(var(v))", ["std", "stddev"]),
    ("norm(v)", ["l2norm"]),
    ("max(a, b)", ["maximum"]),
    ("min(a, b)", ["minimum"]),
    ("detach(v)", ["stop_gradient", "stopgrad", "no_grad", "sg"]),
    ("grad(scalar, wrt)", ["gradient", "gradients", "nabla", "d"]),
    ("normal(over=sample) or normal(like=v)", ["randn", "gaussian", "noise"]),
    ("uniform(over=sample) or uniform(like=v)", ["rand", "random"]),
    ("params(network)", ["parameters", "weights"]),
    ("log(v)", ["ln"]),
    ("clamp(v, low, high)", ["clip"]),
    ("where(condition, a, b)", ["if", "select", "ifelse"]),
    ("dot(a, b)", ["inner"]),
    ("flip(v)", ["hflip", "fliplr", "mirror", "reverse"]),
    ("slice(v, from, to, axis=channel|height|width)", ["chunk", "split", "narrow"]),
    ("shift(v, by, axis=width|height)", ["translate"]),
    ("concat(a, b)", ["cat", "concatenate", "stack"]),
    ("roll(v, by)", ["shuffle"]),
    (
      "mean(softplus(-v)) for real samples", ["bce", "bce_with_logits", "binary_cross_entropy"]
    ),
  ]

  private static let byWord = Dictionary(
    uniqueKeysWithValues: table.flatMap { row in row.words.map { ($0, row.instead) } })

  /// What to write in place of `name`; nil where nobody is known to call a function so.
  static func hint(for name: String) -> String? {
    byWord[name.lowercased()].map { "write \($0)" }
  }
}
