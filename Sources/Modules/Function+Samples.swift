import TensorIR

extension Function {
  /// Whether it draws what one compares: the same each time, with every class in turn.
  package var repeatsDraws: Bool {
    switch kind {
    case .sample, .otherSample, .measure(.path): true
    case .step, .round, .lookahead, .commit, .statistics, .metric, .measure: false
    }
  }

  /// Whether several ranks run it together, each on its samples; whatever else there is each rank runs by itself.
  public var isDealt: Bool {
    switch kind {
    case .step, .round, .lookahead, .commit, .measure(.step): true
    case .sample, .otherSample, .statistics, .metric, .measure: false
    }
  }

  /// Indices of inputs whose first axis is the samples: batches, and draws with a value, or an image, for each sample.
  ///
  /// A draw in the shape of a parameter is none; were one taken for one, its values would stay what they are, and only be
  /// dealt to ranks and gathered again.
  public var sampleInputs: Set<Int> {
    let shapes = graph.inputTypes.map(\.shape)
    let batches = Set(
      inputs.indices.compactMap { index -> Int? in
        if case .stream = inputs[index] { shapes[index].dimensions.first } else { nil }
      })
    return Set(
      inputs.indices.filter { index in
        switch inputs[index] {
        case .stream: true
        case .draw: shapes[index].dimensions.first.map { batches.contains($0) } ?? false
        case .variable, .scalar: false
        }
      })
  }
}
