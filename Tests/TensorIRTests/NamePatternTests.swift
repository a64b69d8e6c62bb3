import Diagnostics
import TensorIR
import Testing

@Suite struct NamePatternTests {
  private static let place = SourceSpan(SourceFile(name: "x", text: ""), 0, 0)

  @Test(arguments: [
    ("conv", "conv", true), ("conv", "conv1", false), ("*", "", true),
    ("conv*", "conv1.weight", true),
    ("*.weight", "a.weight.weight", true), ("a*b*c", "aXbYbZc", true), ("a*b*c", "ac", false),
    ("*a*a", "aa", true), ("*a*a", "a", false), ("a*a", "a", false), ("*ab*b", "aab", false),
    ("*ab*b", "aabab", true),
  ])
  func names(pattern: String, name: String, fits: Bool) {
    #expect(NamePattern(pattern).fits(name) == fits)
  }

  /// There is no time to try every place for each of twenty stars.
  @Test func manyStars() {
    let (stars, name) = (String(repeating: "*a", count: 20), String(repeating: "a", count: 80))
    #expect(!NamePattern(stars + "*b").fits(name))
    #expect(NamePattern(stars + "*").fits(name))
  }

  @Test(arguments: [
    ("synthesis.b8.conv0.weight", "b8.conv0.weight"), ("mapping.fc3.bias", "M.3.fc.bias"),
    ("other", "other"), ("a1b2", "2-"),
  ])
  func renames(name: String, result: String) {
    let file = WeightFile(
      path: "",
      renames: [
        .init(NamePattern("synthesis.*"), to: "*"),
        .init(NamePattern("mapping.fc*.*"), to: "M.*.fc.*"),
        .init(NamePattern("a1b*"), to: "*-"), .init(NamePattern("a*"), to: "never"),
      ], isMapping: true, span: Self.place)
    #expect(file.renamed(name) == result)
  }
}
