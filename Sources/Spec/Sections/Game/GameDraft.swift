import Diagnostics
import Optimizers
import Syntax

/// An expression with its `let` before it is checked.
struct ExpressionDraft {
  var lets: [LetText]
  var value: LocatedText
  /// Values of the parameters of the definition that it comes from.
  var numbers: [String: Double] = [:]
  /// The line of the spec that asked for it, where it stands in a definition.
  var usedAt: SourceSpan?
}

/// A regularizer before its expression is checked.
struct RegularizerDraft {
  var name: LocatedText
  var kind = RegularizerKind.penalty
  var weighting: Weighting
  var expression: ExpressionDraft
}

/// A player as the objective, the regularizers and `players` make it up together.
struct PlayerDraft {
  var name: LocatedText
  var trains: [LocatedText] = []
  var steps = 1
  var moreSteps: MoreSteps?
  var batch: Int?
  var batchSpan: SourceSpan?
  var minimizes: LocatedText?
  var numbers: [String: Double] = [:]
  /// The line of the spec that asked for the objective that `minimizes` comes from.
  var usedAt: SourceSpan?
  var lets: [LetText] = []
  var penalties: [RegularizerDraft] = []
  /// Constraints, and transforms of gradients and weights.
  var rules: [RegularizerDraft] = []
  var optimizer: SpecNode?
}
