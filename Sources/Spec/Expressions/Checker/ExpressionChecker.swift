import Diagnostics
import Syntax

/// Gives names their meaning and every value its type.
///
/// One checker serves one scope (a player or a regularizer); draws and fresh streams are numbered across its blocks.
/// All faults of a block are reported, each at its character.
public struct ExpressionChecker {
  /// Terms that one value may have after inlining, which bounds the work of every later stage.
  static let sizeLimit = 20_000
  /// Levels of nesting after inlining.
  static let depthLimit = 300

  /// A `let` whose value is known, or known to be wrong.
  enum Binding {
    case checked(CheckedValue, uniqueName: String)
    case faulty
  }

  /// A function or a role: each may have the name of the other, and aliases give one body to several.
  struct FunctionKey: Hashable {
    let name: String
    private let body: SourceSpan

    init(_ name: String, _ function: ExpressionEnvironment.Function) {
      (self.name, body) = (name, function.body.span)
    }
  }

  /// A function whose body is being inlined.
  struct Frame {
    var function: FunctionKey
    var arguments: Arguments
    var call: SourceSpan
  }

  /// What is wrong with the expressions that it has checked.
  public var diagnostics = DiagnosticBag()

  /// Told of every value that is typed, with its place.
  var observe: ((SourceSpan, TypedExpression) -> Void)?

  let environment: ExpressionEnvironment
  /// The text that ranges of syntax refer to.
  var text: LocatedText
  var bindings: [String: Binding] = [:]
  var frames: [Frame] = []
  var roles = RoleValues()
  var drawNames = NumberedNames(prefix: "", startsBare: false)
  /// Names for the state of running averages; they number apart from draws.
  var stateNames = NumberedNames(prefix: "", startsBare: false)
  var freshStreams: [String: Int] = [:]
  /// How many arguments of functions have become values of their own.
  var namedArguments = 0
  /// Functions' bodies, parsed once; nil for a faulty one.
  var bodies: [FunctionKey: ExpressionSyntax?] = [:]
  /// Parameters of functions that their bodies call, by function.
  var callers: [FunctionKey: Set<String>] = [:]
  private var nesting = 0
  private var work = 0
  private var exhausted = false

  public init(environment: ExpressionEnvironment) {
    self.environment = environment
    let nowhere = SourceFile(name: "", text: "")
    text = LocatedText(text: "", file: nowhere, offsets: [], span: SourceSpan(nowhere, 0, 0))
  }

  /// The expression as a typed value, or nil after reporting what is wrong.
  mutating func check(_ syntax: ExpressionSyntax) -> CheckedValue? {
    nesting += 1
    work += 1
    defer { nesting -= 1 }
    guard withinLimits(nesting: nesting, size: work, syntax) else { return nil }
    guard let value = checkForm(of: syntax) else { return nil }
    observe?(text.span(of: syntax.range), value.expression)
    return value
  }

  private mutating func checkForm(of syntax: ExpressionSyntax) -> CheckedValue? {
    switch syntax.form {
    case .number(let value): return constant(value, syntax)
    case .name(let name): return checkName(name, syntax)
    case .negate(let operand):
      return check(operand).flatMap { apply(.negate, to: $0, syntax) }
    case .binary(let op, let left, let right):
      // Both sides are checked before giving up, so that both sides' faults are reported.
      let (a, b) = (check(left), check(right))
      guard let a, let b else { return nil }
      return combine(op.function, a, b, syntax)
    case .call(let name, let arguments): return checkCall(name, arguments, syntax)
    case .member(let base, let name): return checkOutput(name, of: base, syntax)
    case .list:
      return fail(
        "a list is no value", at: syntax.range, hint: "lists stand as arguments: reshape(v, [a, b])"
      )
    }
  }

  /// Reports an error at `range` of the current text, with the calls that led there, and returns nil.
  @discardableResult
  mutating func fail(
    _ message: String, at range: Range<Int>, hint: String? = nil, notes: [Diagnostic] = []
  ) -> CheckedValue? {
    let calls = frames.reversed().map {
      Diagnostic(.note, "while inlining '\($0.function.name)', used here", at: $0.call)
    }
    diagnostics.insert(
      Diagnostic(.error, message, at: text.span(of: range), hint: hint, notes: notes + calls))
    return nil
  }

  /// A value made of `operands`, through which no derivative passes if `cutsDerivative`.
  mutating func make(
    _ term: Term, _ type: ValueType, _ syntax: ExpressionSyntax, _ operands: [CheckedValue] = [],
    cutsDerivative: Bool = false
  ) -> CheckedValue? {
    let size = operands.reduce(1) { min(Self.sizeLimit, $0) + $1.size }
    let depth = 1 + (operands.map(\.depth).max() ?? 0)
    guard withinLimits(nesting: depth, size: size, syntax) else { return nil }
    guard let pack = samplesInPack(of: operands, syntax) else { return nil }
    let carriers = cutsDerivative ? [] : operands
    var expression = TypedExpression(
      term: term, type: type, span: text.span(of: syntax.range),
      derivativeOrder: operands.map(\.expression.derivativeOrder).max() ?? 0,
      networks: Self.union(carriers.map(\.expression.networks)))
    if type.hasSamples { expression.samplesInPack = pack }
    return CheckedValue(
      expression: expression, sources: Self.union(carriers.map(\.sources)), size: size,
      depth: depth)
  }

  /// How many samples of the streams one sample of each operand is, which must be one number; nil after a diagnostic.
  private mutating func samplesInPack(
    of operands: [CheckedValue], _ syntax: ExpressionSyntax
  ) -> Int? {
    let packs = operands.filter(\.type.hasSamples).map(\.expression.samplesInPack)
    guard let first = packs.first else { return 1 }
    guard let other = packs.first(where: { $0 != first }) else { return first }
    let (few, many) = (min(first, other), max(first, other))
    fail(
      "packs of \(many) samples meet \(few == 1 ? "single samples" : "packs of \(few)")",
      at: syntax.anchor,
      hint: "pack both alike; a draw for packs of v is uniform(like=v)")
    return nil
  }

  /// The union, which shares the storage of the largest set where others add nothing: in a chain of names, every value
  /// has as many sources as there are names before it.
  private static func union<Element>(_ sets: [Set<Element>]) -> Set<Element> {
    guard var result = sets.max(by: { $0.count < $1.count }) else { return [] }
    for set in sets where set != result { result.formUnion(set) }
    return result
  }

  /// A number that is known now; one that is not finite is an error.
  mutating func constant(_ value: Double, _ syntax: ExpressionSyntax) -> CheckedValue? {
    guard value.isFinite else {
      return fail("the value of this is not a finite number", at: syntax.anchor)
    }
    return make(.number(value), .scalar, syntax)
  }

  /// Starts a block: its work is counted anew.
  mutating func resetWork() { (work, exhausted) = (0, false) }

  private mutating func withinLimits(
    nesting: Int, size: Int, _ syntax: ExpressionSyntax
  ) -> Bool {
    let excess: String
    if exhausted { return false }
    if nesting > Self.depthLimit {
      excess = "nests more than \(Self.depthLimit) levels deep"
    } else if size > Self.sizeLimit {
      excess = "has more than \(Self.sizeLimit) terms"
    } else {
      return true
    }
    // Reported once: whatever encloses the value is too large as well.
    if !exhausted {
      fail(
        "the expression \(excess) once functions are inlined", at: syntax.anchor,
        hint: "name parts of it in 'let'")
    }
    exhausted = true
    return false
  }
}

/// Hands out names for the random values, or the running averages, of one `let` or value.
struct NumberedNames {
  var prefix: String
  /// `true` iff the first is called `prefix` alone, as the only one of a `let` is.
  var startsBare: Bool
  private var count = 0

  init(prefix: String, startsBare: Bool) {
    self.prefix = prefix
    self.startsBare = startsBare
  }

  mutating func next() -> String {
    count += 1
    return startsBare && count == 1 ? prefix : "\(prefix)#\(count)"
  }
}
