import Diagnostics
import Syntax

@testable import Spec

/// The text as it would stand in a YAML line, so that spans are tested behind an offset.
func located(_ text: String, file name: String = "spec.yaml") -> LocatedText {
  let lead = "value: \""
  let file = SourceFile(name: name, text: lead + text + "\"\n")
  let start = lead.utf8.count
  let end = start + text.utf8.count
  return LocatedText(
    text: text, file: file, offsets: Array(start..<end), span: SourceSpan(file, start - 1, end + 1))
}

/// A game with streams of every shape: images x, noise z, points p, labels y; G, D and a conditional C.
func gameEnvironment(scope: String = "wgan_gp") -> ExpressionEnvironment {
  var environment = ExpressionEnvironment()
  environment.scope = scope
  environment.numbers = ["width": 64, "gamma": 0.5, "zero": 0]
  environment.streams = ["x": [1, 28, 28], "z": [128], "y": [10], "s": [], "flat": [784]]
  environment.networks = [
    "G": .init(inputs: [[128]], output: [1, 28, 28]),
    "D": .init(inputs: [[1, 28, 28]], output: [1]),
    "C": .init(inputs: [[1, 28, 28], [10]], output: [1]),
    "S": .init(inputs: [[1]], output: [3]),
    "E": .init(
      inputs: [[1, 28, 28]], output: nil,
      outputs: [
        .init(name: "mean", path: "E.mean", shape: [8]),
        .init(name: "spread", path: "E.spread", shape: [8]),
      ]),
  ]
  environment.players = ["discriminator": ["D"], "generator": ["G"]]
  environment.playerNetworks = ["discriminator": ["D", "G"], "generator": ["D", "G"]]
  environment.playerRoles = ["adversary": "discriminator"]
  environment.functions = [
    "real": .init(parameters: [], body: located("x", file: "roles")),
    "fake": .init(parameters: [], body: located("G(z)", file: "roles")),
    "critic": .init(parameters: [], body: located("D", file: "roles")),
    "score": .init(parameters: ["v"], body: located("D(v)", file: "roles")),
    "encode": .init(parameters: ["v"], body: located("E(v)", file: "roles")),
    "penalty": .init(
      parameters: ["v"],
      body: located("mean((norm(grad(sum(score(v)), v), over=sample) - 1)^2)", file: "functions")),
    "noisy": .init(
      parameters: ["v"], body: located("v + normal(like=v, deviation=0.1)", file: "functions")),
    "loop": .init(parameters: ["v"], body: located("1 + loop(v)", file: "functions")),
    "both": .init(parameters: ["v", "N"], body: located("N(v) + N(2*v)", file: "functions")),
    "handed": .init(parameters: ["N", "v"], body: located("N(v) + both(v, N)", file: "functions")),
    "broken": .init(parameters: ["v"], body: located("v +", file: "functions")),
    "misspelt": .init(parameters: ["v"], body: located("mean(vv)", file: "functions")),
  ]
  return environment
}

/// What checking a block gave.
struct Checked {
  var bindings: [LetBinding] = []
  var value: TypedExpression?
  var diagnostics: [Diagnostic]

  var errors: [Diagnostic] { diagnostics.filter { $0.level == .error } }
}

/// Checks `value` with `lets` in `environment`.
func check(
  _ value: String, lets: KeyValuePairs<String, String> = [:],
  in environment: ExpressionEnvironment = gameEnvironment()
) -> Checked {
  var checker = ExpressionChecker(environment: environment)
  let names = SourceFile(name: "names", text: lets.map(\.key).joined(separator: "\n"))
  var offset = 0
  let entries = lets.map { name, text in
    defer { offset += name.utf8.count + 1 }
    return (
      name: name, nameSpan: SourceSpan(names, offset, offset + name.utf8.count),
      text: located(text)
    )
  }
  let whole = ExpressionChecker.NamedValue(name: "value", text: located(value), type: .scalar)
  let result = checker.checkBlock(lets: entries, values: [whole])
  return Checked(
    bindings: result?.bindings ?? [], value: result?.values.first,
    diagnostics: checker.diagnostics.sorted)
}
