import Diagnostics
import Spec
import Syntax
import TestSupport
import Testing

struct ParserTests {
  @Test(arguments: [
    ("1 + 2*3", "1 + 2*3"),
    ("(1 + 2)*3", "(1 + 2)*3"),
    ("-x^2", "-x^2"),
    ("(-x)^2", "(-x)^2"),
    ("2^3^4", "2^3^4"),
    ("(2^3)^4", "(2^3)^4"),
    ("2^-x", "2^-x"),
    ("a - (b - c)", "a - (b - c)"),
    ("(a - b) - c", "a - b - c"),
    ("a / b / c", "a/b/c"),
    (" .5 +1e-4 + 3. + 2E+2", "0.5 + 0.0001 + 3 + 200"),
    ("norm( v ,over = sample )", "norm(v, over=sample)"),
    ("f()", "f()"),
    ("a*b < c + 1", "a*b < c + 1"),
    ("(a < b)*(b <= c)", "(a < b)*(b <= c)"),
    ("a == b", "a == b"),
    ("D(x) .logit^2 - -D(x).a", "D(x).logit^2 - -D(x).a"),
    ("t*x + (1 - t)*G(z)", "t*x + (1 - t)*G(z)"),
  ])
  func canonicalText(source: String, printed: String) throws {
    let tree = try ExpressionParser.parse(located(source))
    #expect(tree.description == printed)
  }

  @Test func minusBindsLooserThanPower() throws {
    let tree = try ExpressionParser.parse(located("-x^2"))
    let square = ExpressionSyntax(
      .binary(.power, ExpressionSyntax(.name("x")), ExpressionSyntax(.number(2))))
    #expect(tree.form == .negate(square))
  }

  /// What is printed reads back as the same tree, whatever the tree.
  @Test func printingRoundTrips() throws {
    let seed: UInt64 = 20_260_714
    var generator = SplitMix64(seed: seed)
    for round in 0..<2_000 {
      let tree = randomTree(depth: 6, &generator)
      let text = tree.description
      let parsed = try ExpressionParser.parse(located(text))
      #expect(parsed == tree, "seed \(seed), tree \(round): \(text)")
    }
  }

  @Test(
    arguments: [
      ("", "expected an expression, found an empty text", nil, nil),
      ("a +", "expected a value, found the end of the expression", "", nil),
      ("a b", "expected an operator, found 'b'", "b", "write * for a product"),
      ("2x", "a number must end before 'x'", "x", "write 2*x"),
      ("1_000", "a number must end before '_000'", "_", "write 1000"),
      ("0o7", "a number must end before 'o7'", "o", "write 7"),
      ("0x1F", "a number must end before 'x1F'", "x", "write 31"),
      ("0o9", "a number must end before 'o9'", "o", "write 0*o9"),
      ("1.2.3", "a number must end before '.'", ".", nil),
      ("D(x).", "expected the name of an output, found the end of the expression", "", nil),
      ("1e999", "the number '1e999' is out of range", "1e999", nil),
      ("(a + b", "expected ')' or an operator, found the end of the expression", "", nil),
      ("f(a,)", "expected a value, found ')'", ")", nil),
      (
        "a = b", "expected an operator, found '='", "=",
        "write == to compare; 'name=value' is for arguments of a call"
      ),
      ("a ** 2", "unknown operator '**'", "**", "write ^ for a power"),
      (
        "a % 2", "unexpected character '%' in an expression", "%",
        "there is no remainder in an expression"
      ),
      ("a − b", "unexpected character '−' in an expression", "−", "write the ASCII minus sign -"),
      ("a < b < c", "comparisons do not chain", "<", "multiply them: (a < b)*(b < c)"),
      ("+a", "expected a value, found '+'", "+", "leave out the plus sign"),
      (
        "x ? 1 : 2", "unexpected character '?' in an expression", "?",
        "write where(condition, a, b)"
      ),
    ] as [(String, String, String?, String?)])
  func syntaxErrors(source: String, message: String, at: String?, hint: String?) throws {
    do {
      _ = try ExpressionParser.parse(located(source))
      Issue.record("parsed '\(source)'")
    } catch {
      #expect(error.message == message)
      if let at { #expect(error.span?.text == at) }
      #expect(error.hint == hint)
    }
  }

  @Test(arguments: [
    String(repeating: "(", count: 20_000), String(repeating: "-", count: 20_000) + "x",
    String(repeating: "f(", count: 20_000), String(repeating: "x^", count: 20_000) + "x",
    "x" + String(repeating: "+x", count: 20_000),
  ])
  func deepNestingIsADiagnostic(source: String) {
    #expect {
      _ = try ExpressionParser.parse(located(source))
    } throws: {
      ($0 as? Diagnostic)?.message == "the expression is nested more than 200 levels deep"
    }
  }
}

private func randomTree(depth: Int, _ generator: inout SplitMix64) -> ExpressionSyntax {
  let names = ["x", "z", "G", "xh", "over", "e1", "_t"]
  let name = names.randomElement(using: &generator) ?? "x"
  switch depth == 0
    ? Int.random(in: 0..<2, using: &generator) : Int.random(in: 0..<8, using: &generator)
  {
  case 0: return ExpressionSyntax(.name(name))
  case 1:
    let numbers = [0, 1, 2.5, 1e-4, 1e20, 123_456.789, .random(in: 0...1, using: &generator)]
    return ExpressionSyntax(.number(numbers.randomElement(using: &generator) ?? 0))
  case 2: return ExpressionSyntax(.negate(randomTree(depth: depth - 1, &generator)))
  case 3:
    let arguments = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      ExpressionSyntax.Argument(
        label: Bool.random(using: &generator) ? "over" : nil,
        value: randomTree(depth: depth - 1, &generator))
    }
    return ExpressionSyntax(.call(name, arguments))
  case 4: return ExpressionSyntax(.member(randomTree(depth: depth - 1, &generator), name))
  default:
    let op = BinaryOperator.allCases.randomElement(using: &generator) ?? .add
    return ExpressionSyntax(
      .binary(
        op, randomTree(depth: depth - 1, &generator), randomTree(depth: depth - 1, &generator)))
  }
}
