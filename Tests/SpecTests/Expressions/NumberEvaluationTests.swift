import Diagnostics
import Syntax
import Testing

@testable import Spec

struct NumberEvaluationTests {
  private let vars: [String: Double] = ["width": 64, "depth": 3]

  @Test(
    arguments: [
      ("4*width*7*7", 12_544), ("2^depth", 8), ("-2^2", -4), ("1e-4", 1e-4), ("10 - 4 - 3", 3),
      ("floor(7/2)", 3), ("ceil(7/2)", 4), ("round(2.5)", 3), ("max(1, depth, 2)", 3),
      ("min(4, width)", 4), ("sqrt(width)", 8), ("abs(-3)", 3), ("(width > 3)*2", 2),
      ("2^3^2", 512), ("exp(0) + log(1)", 1), ("1.e2 + 5.", 105),
    ] as [(String, Double)])
  func values(text: String, expected: Double) {
    var diagnostics = DiagnosticBag()
    let value = evaluateNumber(located(text), numbers: vars, into: &diagnostics)
    #expect(value == expected)
    #expect(diagnostics.isEmpty)
  }

  @Test(arguments: [
    Fault("widht + 1", "unknown variable 'widht'", at: "widht", hint: "did you mean 'width'?"),
    Fault("q + 1", "unknown variable 'q'", at: "q", hint: "known: depth, width"),
    Fault("1/(width - 64)", "division by zero", at: "/"),
    Fault("10^400", "the value of this is not a finite number", at: "^"),
    Fault("sqrt(-1)", "the value of this is not a finite number", at: "sqrt"),
    Fault("log(0)", "the value of this is not a finite number", at: "log"),
    Fault("sqrt(1, 2)", "'sqrt' expects 1 argument, found 2", at: "sqrt"),
    Fault("max(1)", "'max' expects 2 to 16 arguments, found 1", at: "max"),
    Fault(
      "flor(2)", "unknown function 'flor' in a numeric field", at: "flor",
      hint: "did you mean 'floor'?"),
    Fault(
      "mean(2)", "'mean' cannot stand in a numeric field", at: "mean",
      hint: "functions here: abs, ceil, exp, floor, log, max, min, round, sqrt"),
    Fault(
      "width(2)", "unknown function 'width' in a numeric field", at: "width",
      hint: "write * for a product"),
    Fault("floor", "'floor' is a function", at: "floor", hint: "call it: floor(...)"),
  ])
  func faults(fault: Fault) throws {
    var diagnostics = DiagnosticBag()
    #expect(
      evaluateNumber(
        located(fault.source), numbers: vars, otherFunctions: BuiltIn.names, into: &diagnostics)
        == nil)
    let error = try #require(diagnostics.sorted.first)
    #expect(diagnostics.sorted.count == 1)
    #expect(error.message == fault.message)
    #expect(error.span?.text == fault.at)
    #expect(error.hint == fault.hint)
  }
}
