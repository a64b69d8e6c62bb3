import Passes

extension Compiler {
  /// What a pass does, in a line; nil where there is no such pass.
  package static func summary(ofPass name: String) -> String? {
    Saving.all.first { $0.name == name }?.summary ?? summaries[name]
  }

  /// Savings say themselves what they do.
  private static let summaries = [
    Pass.simplify.name: "algebra: identities that hold for all values",
    Pass.eliminateCommonSubexpressions.name: "equal values are computed once",
    Pass.eliminateDeadCode.name: "what nothing depends on goes",
    Pass.settleVariables.name: "how variables take their next values",
    Pass.chooseLayout.name: "images as the kernels want them",
    Pass.fuse.name: "chains of scalar functions become one sweep over memory",
    Pass.partitionName: "each rank, or each piece of a batch, has its samples",
  ]
}
