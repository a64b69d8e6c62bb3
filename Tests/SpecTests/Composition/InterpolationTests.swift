import Diagnostics
import Syntax
import Testing

@testable import Spec

/// What `${...}` becomes beside operators, parameters and the environment.
struct InterpolationTests {
  private func load(
    _ game: String, environment: [String: String] = [:]
  ) -> SpecLoader.Result {
    SpecLoader(environment: environment)
      .load(text: SpecFixture(game: "objective: hinge\n" + game).text)
  }

  private func penalty(_ result: SpecLoader.Result) throws -> Penalty {
    try #require(
      result.experiment?.players[0].penalties.first, "\(result.diagnostics.rendered)")
  }

  /// A value is one number, whatever binds more tightly than its sign.
  @Test(arguments: [("${a}^2", 9.0), ("${a} ^ 2", 9), ("1 - ${a}", 4), ("2^${a}", 0.125)])
  func negativeNumbersKeepTheirSign(weight: String, expected: Double) throws {
    let result = load("vars: {a: -3}\nregularizers: [r1: {weight: \"\(weight)\"}]\n")
    #expect(try penalty(result).weight == .number(expected))
  }

  /// In a definition the parameter comes before a variable of the spec, as it does without `${}`.
  @Test(arguments: ["mean(D(x)^2)^${c}", "mean(D(x)^2)^${2*c - 4}", "mean(D(x)^2)^c"])
  func parametersComeBeforeVariables(value: String) throws {
    let result = load(
      """
      vars: {c: 3}
      define:
        regularizers:
          own: {player: discriminator, parameters: {c: 4}, value: "\(value)"}
      regularizers: [own]

      """)
    guard case .binary(.power, _, let exponent) = try penalty(result).value.term,
      case .number(let number) = exponent.term
    else {
      Issue.record("no power of a number")
      return
    }
    #expect(number == 4)
  }

  /// A variable may be called like that of the environment which it takes its value from.
  @Test func variablesOfTheEnvironmentAreNoVariables() throws {
    let game = "vars: {w: \"${env:w} + ${env:v}\", v: w}\nregularizers: [r1: {weight: v}]\n"
    let result = load(game, environment: ["w": "2", "v": "5"])
    #expect(try penalty(result).weight == .number(7))
  }

  /// It would be `null`, and so a default that nobody asked for.
  @Test(arguments: [("", "empty"), ("~", "'~'"), ("null", "'null'")])
  func anEmptyVariableOfTheEnvironmentIsNoDefault(value: String, shown: String) {
    let result = load("output:\n  dir: ${env:OUT}\n", environment: ["OUT": value])
    #expect(result.experiment == nil)
    let message = "nothing is left of '${env:OUT}': the environment variable is \(shown)"
    #expect(result.diagnostics.rendered.contains(message), "\(result.diagnostics.rendered)")
  }
}
