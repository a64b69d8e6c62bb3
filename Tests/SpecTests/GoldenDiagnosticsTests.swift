import Diagnostics
import Foundation
import Spec
import Syntax
import Testing

/// Each file of `Cases` is a broken spec; `<name>.diagnostics` is what its author reads.
///
/// `UPDATE_GOLDEN=1` rewrites the expectations; a mismatch leaves `<name>.observed` beside them.
struct GoldenDiagnosticsTests {
  static let folder = repository + "Tests/SpecTests/Cases/"

  static var cases: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  @Test func thereAreCases() { #expect(Self.cases.count >= 60) }

  @Test(arguments: cases)
  func diagnosticsAreAsWritten(_ name: String) throws {
    let path = "\(Self.folder)\(name).yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let overrides = text.split(separator: "\n").filter { $0.hasPrefix("# --set ") }
      .map { String($0.dropFirst("# --set ".count)) }
    let result = SpecLoader(overrides: overrides, environment: [:]).load(path: path)
    #expect(result.experiment == nil)
    #expect(result.diagnostics.hasErrors)
    let observed =
      result.diagnostics.rendered
      .replacingOccurrences(of: Self.folder, with: "") + "\n"
    let golden = "\(Self.folder)\(name).diagnostics"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try observed.write(toFile: golden, atomically: true, encoding: .utf8)
      return
    }
    let expected = try? String(contentsOfFile: golden, encoding: .utf8)
    if expected != observed {
      try observed.write(
        toFile: "\(Self.folder)\(name).observed", atomically: true, encoding: .utf8)
    }
    #expect(observed == expected)
  }
}
