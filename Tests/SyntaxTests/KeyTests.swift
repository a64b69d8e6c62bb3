import Diagnostics
import Testing

@testable import Syntax

/// Declared keys: one declaration reads, completes and documents.
struct KeyTests {
  private static let kernel = Key("kernel", .pair(in: 1...9), default: [2, 2], "Size.")
  private static let stride = Key.derived(
    "stride", .pair(in: 1...9), from: "`kernel`", "Step."
  ) { $0[kernel] }
  private static let out = Key.required("out", .size, example: "out: 64", "Channels.")
  private static let label = Key.optional("label", Form<String>.text, or: "none", "A name.")
  private static let all: [any AnyKey] = [out, kernel, stride, label]

  private func read(_ text: String) throws -> (KeyValues, CheckingContext) {
    let context = CheckingContext()
    let file = SourceFile(name: "t.yaml", text: text)
    let node = try #require(YAMLComposer.read(file, into: &context.diagnostics))
    var reader = MappingReader(node, "layer 'pool'", at: ["pool"], context)
    let values = reader.values(of: Self.all)
    reader.finish()
    return (values, context)
  }

  @Test func completesWhatIsLeftOut() throws {
    let (values, context) = try read("{out: 8, kernel: [3, 5]}")
    #expect(values.isComplete && context.diagnostics.isEmpty)
    #expect(values[Self.out] == 8)
    #expect(values[Self.stride] == [3, 5])
    #expect(values[Self.label] == nil)
    let defaults = context.defaults[["pool"]] ?? []
    #expect(defaults.map(\.key) == ["stride"] && defaults.map(\.text) == ["[3, 5]"])
  }

  @Test func reportsEveryFaultAndGoesOn() throws {
    let (values, context) = try read("{kernel: 10, stride: 2, lable: x}")
    #expect(!values.isComplete && values.given(Self.out) == nil)
    #expect(values[Self.kernel] == [2, 2] && values[Self.stride] == [2, 2])
    #expect(
      context.diagnostics.sorted.map(\.message) == [
        "layer 'pool' has no 'out'",
        "'kernel' of layer 'pool' must be between 1 and 9, but is 10",
        "unknown key 'lable' in layer 'pool'",
      ])
    #expect(
      context.diagnostics.sorted.map(\.hint) == [
        "write, for example, out: 64", nil,
        "did you mean 'label'? (allowed: out, kernel, stride, label)",
      ])
  }

  @Test func documentsItself() {
    #expect(Self.all.map(\.signature) == ["out", "kernel=2", "stride=kernel", "label=none"])
    #expect(Self.all.map(\.fallbackText) == ["required", "`2`", "`kernel`", "none"])
    #expect(Self.all.map(\.isRequired) == [true, false, false, false])
  }
}
