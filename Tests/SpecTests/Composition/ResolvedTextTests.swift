import Diagnostics
import Spec
import Syntax
import Testing

/// What a run writes down of its spec is a spec that says the same.
struct ResolvedTextTests {
  static let texts = [
    "a, b", "b[1]", "[c", "d}", "e:", ": f", "g: h", "i:?j", "#k", "l #m", "- n", "-o", "-", "?",
    "!p", "&q", "*r", "|", ">", "%s", "@t", "`u`", "'v'", "\"w\"", "\\x", " y", "z ", "a\nb",
    "\u{2028}", "null", "~", "True", "", "1e-4", "-0.5", "max(C, 4)", "...", "=",
  ]

  /// As a key, as a value and in a list.
  @Test(arguments: texts) func anyTextReadsBack(text: String) throws {
    let quoted = yamlQuoted(text)
    let spec = SpecFixture().text + "x-own: {\(quoted): [one, \(quoted)], two: \(quoted)}\n"
    let printed = try #require(SpecLoader().load(text: spec).config?.text)
    let own = try #require(
      SpecLoader().read(text: printed, name: "again").tree?["x-own"]?.entries, "\(printed)")
    #expect(own.map(\.key.text) == [text, "two"])
    let values = Array((own.first?.value.items ?? []).dropFirst()) + own.dropFirst().map(\.value)
    #expect(values.map { $0.scalar?.text } == [text, text])
    #expect(!values.contains { $0.isNull || $0.boolean != nil }, "\(printed)")
  }

  /// Expressions with commas where lists and mappings stand, and one of two lines.
  @Test func aSpecWithLongExpressionsReadsBack() throws {
    var fixture = SpecFixture()
    fixture.head += """
      define:
        layers:
          wide: {input: {x: [C]}, parameters: {w: {shape: ["max(C, 4)", C]}}, value: "linear(x, w)"}
      blocks:
        fold(k): [{linear: k}, {reshape: ["max(k, 2)", 1, 1]}, flatten]

      """
    fixture.generator = """
      [fold: 2, fold: 6, wide, linear: 2]
          defaults: {linear: {init: {normal: "max(0.01, 0.02)"}}}
      """
    fixture.tail = "optimizer: {type: adam, lr: \"1e-4 +\\n 0\"}\ntrain: {total: 10}\n"
    let result = SpecLoader().load(text: fixture.text)
    let printed = try #require(result.config?.text)
    let again = SpecLoader().load(text: printed)
    let experiment = try #require(again.experiment, "\(again.diagnostics.rendered)\n\(printed)")
    #expect(
      experiment.networks[0].layers.map(\.outputShape)
        == result.experiment?.networks[0].layers.map(\.outputShape))
    #expect(printed.contains("normal: \"max(0.01, 0.02)\""), "\(printed)")
  }

  /// A block is one text for both networks, of which one has `defaults`.
  @Test(arguments: [true, false]) func aBlockOfTwoNetworksReadsBack(isFirst: Bool) throws {
    var fixture = SpecFixture()
    fixture.head += "blocks:\n  body: [linear: 8, relu]\n"
    let defaults = "\n    defaults: {linear: {spectral_norm: true, init: {normal: 0.02}}}"
    fixture.generator = "[body, linear: 2]" + (isFirst ? defaults : "")
    fixture.discriminator = "[body, linear: 1]" + (isFirst ? "" : defaults)
    let result = SpecLoader().load(text: fixture.text)
    let printed = try #require(result.config?.text)
    let variables = [result, SpecLoader().load(text: printed)].map { result in
      result.experiment?.networks.map { $0.layers.map { "\($0.ownedVariables)" } }
    }
    #expect(variables[0] != nil)
    #expect(variables[0] == variables[1], "\(printed)")
  }
}
