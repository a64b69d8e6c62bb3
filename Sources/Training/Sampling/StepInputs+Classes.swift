import Data

/// Which class samples are of, where inputs say so.
extension StepInputs {
  /// How many classes each input has that goes through them in turn.
  var classesInTurn: [Int] {
    inputs.compactMap { if case .everyClass(let classes, _) = $0.source { classes } else { nil } }
  }

  /// How many classes each input has of which one can be chosen: those in turn, and those of the data's labels.
  var classesToChoose: [Int] { inputs.compactMap(\.source.classCount) }

  /// Makes every sample one of class `chosen`.
  mutating func choose(class chosen: Int) {
    for index in inputs.indices {
      guard let classes = inputs[index].source.classCount else { continue }
      inputs[index].source = .everyClass(of: classes, only: chosen)
    }
  }
}

extension StepInputs.Source {
  /// How many classes there are to choose from; nil where samples have none.
  fileprivate var classCount: Int? {
    switch self {
    case .everyClass(let classes, _): classes
    case .batch(let batches): batches.classCount
    case .variable, .random, .fixed, .scalar, .path: nil
    }
  }
}
