import Diagnostics
import Syntax

/// What a regularizer changes.
enum RegularizerKind: String, CaseIterable {
  /// The loss, by a term that is added with its weight.
  case penalty
  /// The parameters after each update; its `value` is an expression of `w`, all that the player trains.
  case constraint
  /// The total gradient before weight decay and the optimizer; its `value` is an expression of `g`.
  case gradientTransform = "gradient_transform"
  /// How layers use their weights; its `value` names a transform that the compiler knows.
  case weightTransform = "weight_transform"

  /// The kind as messages name it: `gradient transform`.
  var title: String { rawValue.replacing("_", with: " ") }

  /// The name that `value` has for what is changed.
  var subject: String? {
    switch self {
    case .constraint: "w"
    case .gradientTransform: "g"
    case .penalty, .weightTransform: nil
    }
  }

  static let key = Key(
    "kind", .choice(allCases.map { $0.rawValue }), default: penalty.rawValue,
    "What a regularizer of your own changes.")

  static func read(_ reader: inout MappingReader) -> RegularizerKind {
    reader.value(of: key).flatMap(RegularizerKind.init) ?? .penalty
  }
}

extension GameChecker {
  /// Checks a constraint or gradient transform; nil after a diagnostic.
  func makeRule(_ draft: RegularizerDraft, of player: PlayerDraft) -> TensorRule? {
    guard let subject = draft.kind.subject else { return nil }
    let networks = player.trains.map(\.text)
    guard
      let (bindings, value) = check(
        draft.expression, scope: draft.name.text, valueName: "value", type: .parameters(networks),
        subject: (subject, networks))
    else { return nil }
    let rule = TensorRule(
      name: draft.name.text, bindings: bindings, value: value, span: draft.name.span)
    guard let fault = rule.strangePart(allowsParameters: draft.kind == .gradientTransform) else {
      return rule
    }
    context.adopt(
      Diagnostic(
        .error, "'\(rule.name)' sees no samples, networks or losses", at: fault.span,
        hint: "its 'value' is made of '\(subject)' and numbers"
      ).placed(at: draft.expression.usedAt))
    return nil
  }
}

extension TensorRule {
  /// The first part that is not made of the subject and numbers.
  fileprivate func strangePart(allowsParameters: Bool) -> TypedExpression? {
    func search(_ part: TypedExpression) -> TypedExpression? {
      switch part.term {
      case .number, .binding, .unary, .binary, .select, .reduce, .dot, .detach, .subject,
        .orthogonality, .onlyWeights, .stepNumber, .state:
        break
      case .parameters: if !allowsParameters { return part }
      case .stream, .freshStream, .draw, .call, .gradient, .loss, .squaredDistances, .ema,
        .rearrange, .shift, .concatenate, .half, .reduceAlong, .function, .layer, .given:
        return part
      }
      for operand in part.operands { if let found = search(operand) { return found } }
      return nil
    }
    for root in bindings.map(\.value) + [value] { if let found = search(root) { return found } }
    return nil
  }
}
