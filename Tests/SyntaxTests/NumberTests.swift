import Diagnostics
import Testing

@testable import Syntax

/// Numbers as specs write them, and what is told of those that are none.
struct NumberTests {
  private func read<Value>(
    _ text: String, as form: Form<Value>
  ) throws -> (value: Value?, messages: [String]) {
    let context = CheckingContext()
    context.numbers = ["width": 64]
    let file = SourceFile(name: "t.yaml", text: "a: \(text)")
    let node = try #require(YAMLComposer.read(file, into: &context.diagnostics)?["a"])
    let value = form.read(node, "'a'", context)
    return (value, context.diagnostics.sorted.map(\.message))
  }

  /// The unit is that of the last number, which it makes no less whole.
  @Test(arguments: [
    ("20k steps", 20_000), ("1 round", 1), ("3 rounds", 3), ("5 + 10k", 10_005),
    ("2*width + 1k steps", 1128), ("width*2k", 128_000), ("2^3k", 8000), ("0.5M", 500_000),
    ("64000/2k", 32), ("16.1k", 16_100), ("5 + 16.1k steps", 16_105), ("2.01M", 2_010_000),
    ("2*1e-3k", 2), ("5.k", 5000),
    ("2^-3k", 125), ("64000/2^3k", 8), ("2^2^3k", 256_000), ("(1+1)^3k", 8000),
  ])
  func rounds(text: String, expected: Int) throws {
    let (value, messages) = try read(text, as: Form<Int>.rounds(from: 1))
    #expect(value == expected, "\(messages)")
  }

  @Test(arguments: [".inf", "-.INF", "+.Inf", ".nan"])
  func numbersAreFinite(text: String) throws {
    let (value, messages) = try read(text, as: Form<Double>.number())
    #expect(value == nil)
    #expect(messages.count == 1)
    #expect(messages.first?.contains("finite") == true, "\(messages)")
  }

  /// What was pasted by mistake is near to no name; a table of its edits would fill the memory.
  @Test(.timeLimit(.minutes(1))) func longWordsAreNearToNothing() {
    let word = String(repeating: "a", count: 1 << 22)
    #expect(nearestName(to: word, among: ["conv", "linear", word + "b"]) == nil)
  }
}
