import Execution
import Foundation
import Passes
import TensorIR
import TestSupport
import Testing

/// Each file in `Cases` is a graph before and after a rule or some passes.
///
/// `UPDATE_GOLDEN=1` rewrites what comes after.
@Suite struct GoldenPassTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Cases")

  static var cases: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".ir") }.sorted()
  }

  @Test(arguments: cases)
  func rewrites(name: String) throws {
    let url = Self.folder.appending(path: name)
    let text = try String(contentsOf: url, encoding: .utf8)
    let parts = text.components(separatedBy: "// ---\n")
    let passes = try self.passes(parts[0])
    let before = try Graph(parsing: parts[0], file: name)
    try Verifier.verify(before)
    let after = try Pipeline(passes.map { .once($0) }).run(before)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try (parts[0] + "// ---\n" + after.text).write(to: url, atomically: true, encoding: .utf8)
      return
    }
    #expect(after.text == parts.last, "\(name)")
    #expect(!after.isEquivalent(to: before), "\(name) shows no rewriting")

    let inputs = RandomGraph.inputs(of: before, seed: 3).map { $0.map { $0.magnitude + 0.5 } }
    for (a, b) in zip(evaluate(before, inputs: inputs), evaluate(after, inputs: inputs)) {
      #expect(
        zip(a, b).allSatisfy { ($0 - $1).magnitude <= 1e-9 * max(1, $0.magnitude) }, "\(name)")
    }
  }

  @Test func everyRuleHasACase() {
    for rule in Rule.all {
      #expect(Self.cases.contains(rule.name + ".ir"), "no case shows '\(rule.name)'")
    }
    #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
  }

  /// The passes that the first line asks for: `//! rule: name` or `//! passes: name, name`.
  private func passes(_ text: String) throws -> [Pass] {
    let line = text.prefix { $0 != "\n" }
    let value = line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
    if line.hasPrefix("//! rule:") {
      return [
        .simplify(with: [try #require(Rule.all.first { $0.name == value }, "no rule '\(value)'")])
      ]
    }
    return try value.components(separatedBy: ", ").map { name in
      try #require(PassPropertyTests.passes.first { $0.name == name }, "no pass '\(name)'")
    }
  }
}
