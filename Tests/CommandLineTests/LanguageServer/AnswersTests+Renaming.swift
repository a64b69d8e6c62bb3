import Foundation
import JSON
import Testing

/// Names that a definition has for itself, and those that it takes from outside.
extension LanguageServerAnswersTests {
  /// In `wide(c): [linear: c*width]` a variable of the name `c` would be the parameter, and no fault would tell.
  @Test(arguments: [
    ("wide(c): [linear: c, relu]", "wide(c): [linear: c*width, relu]"),
    ("wide(c): [linear: c, relu]", "wide(c, k=width): [linear: c*k, relu]"),
    ("objective: wgan", "objective: wgan\ndefine: {functions: {f(c): c*width}}"),
    (
      "objective: wgan",
      "objective: wgan\ndefine: {regularizers: {own: {player: generator, let: {c: mean(D(x))}, value: c*width}}}"
    ),
  ])
  func aVariableBecomesNoParameter(_ old: String, _ new: String) throws {
    let text = Self.head.replacing("{width: 16", with: "{wid|th: 16").replacing(old, with: new)
    let message = try Self.renamed(text, to: "c")["error"]?["message"]?.string
    #expect(message?.contains("of its own in") == true, "\(message ?? "renamed")")
  }

  /// A shape of a layer's weight names the layer's own number, whatever network is called so.
  @Test func renamesNoNumberOfALayer() throws {
    let text = Self.head
      .replacing("networks:\n", with: "networks:\n  |E: {input: x, layers: [linear: 1]}\n")
      .replacing("[wide: width, linear: 2]", with: "[own: 5, linear: 2]")
    let definition = """
      define:
        layers:
          own(E): {input: {x: [A]}, parameters: {w: {shape: [E, A]}}, value: "linear(x, w)"}
      """
    let answer = try Self.renamed(text + definition, to: "F")
    let edits = answer["result"]?["changes"].map { $0.line.components(separatedBy: "newText") }
    #expect(edits?.count == 2, "\(answer.line)")
  }
}
