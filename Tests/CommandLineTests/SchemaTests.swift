import Foundation
import Testing

/// The JSON Schema as python-jsonschema sees it, where the machine has it; `make schema` installs it.
@Suite struct SchemaTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let hasValidator: Bool = {
    let check = ["python3", "-c", "import jsonschema, yaml"]
    let result = try? Command.run(URL(fileURLWithPath: "/usr/bin/env"), check)
    return result?.status == 0
  }()

  @Test(.enabled(if: hasValidator, "python3 has no jsonschema and yaml"))
  func shippedSpecsAreValid() throws {
    let script = Self.repository.appendingPathComponent("scripts/check-schema").path
    let result = try Command.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["python3", script, "--binary", Command.url("advas-run").path])
    #expect(result.status == 0, "\(result.output)\(result.error)")
  }
}
