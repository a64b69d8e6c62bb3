import TensorIR

extension Pipeline {
  /// What every graph goes through between differentiation and planning.
  public static let standard = Pipeline([
    .untilStable(cleanup, limit: 8),
    .once(.wholeBatches),
    .once(.sharedSweeps),
    .once(.transposedTangents),
    .once(.mergedProducts),
    .once(.sharedSums),
    .once(.gramProducts),
    .once(.settleVariables),
    .once(.chooseLayout),
    .untilStable(cleanup, limit: 8),
    .once(.fuse),
    .once(.eliminateCommonSubexpressions),
    .once(.eliminateDeadCode),
  ])

  /// Algebra, sharing and pruning.
  private static let cleanup: [Pass] = [
    .simplify, .eliminateCommonSubexpressions, .eliminateDeadCode,
  ]
}
