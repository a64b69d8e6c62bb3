import Diagnostics
import Foundation
import Lowering
import Modules
import Spec
import TestSupport
import Testing

@testable import Compilation

/// A thousand damaged copies of shipped specs end in graphs or in diagnostics: `make fuzz` in the small, and within
/// the process. (`make fuzz` also compiles to the end, limits memory and damages records.)
@Suite struct DamagedSpecTests {
  private static let specs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("specs")
  private static let seed: UInt64 = 20_261_125

  /// Where the case under way is kept: after a trap it holds the culprit.
  private static let current = FileManager.default.temporaryDirectory
    .appendingPathComponent("advas-damaged-spec.yaml")

  /// Every shipped spec as it is written, and where it stands, so that its includes are found.
  private static func corpus() throws -> [(path: String, lines: [String])] {
    let names = FileManager.default.enumerator(atPath: specs.path)?.compactMap { $0 as? String }
    return try (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted().map { name in
      let path = specs.appendingPathComponent(name).path
      let text = try String(contentsOfFile: path, encoding: .utf8)
      return (path, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
  }

  @Test(.timeLimit(.minutes(5))) func endInGraphsOrDiagnostics() throws {
    let corpus = try Self.corpus()
    let words = corpus.flatMap { $0.lines.joined(separator: " ").split { !$0.isLetter } }
      .map(String.init)
    var generator = SplitMix64(seed: Self.seed)
    var survivors = 0
    let before = peakMemory
    for number in 0..<1000 {
      let (path, lines) = corpus[number % corpus.count]
      var damaged = lines
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let other = corpus.randomElement(using: &generator)?.lines ?? lines
        damage(&damaged, other, words, &generator)
      }
      let text = damaged.joined(separator: "\n")
      try text.write(to: Self.current, atomically: false, encoding: .utf8)
      let isLowered = try compile(text, path, "seed \(Self.seed), case \(number): \(path)")
      if isLowered { survivors += 1 }
    }
    try? FileManager.default.removeItem(at: Self.current)
    // Other tests of this process count too, so that this is a bound on what runs away only.
    #expect(peakMemory - before < 2 << 30)
    // Some damage is harmless and some is not, so that both ways are tried.
    #expect((100..<900).contains(survivors), "\(survivors)")
  }

  /// Loads and lowers a text; `true` where it is a valid spec of a size that this machine can hold.
  private func compile(_ text: String, _ path: String, _ title: String) throws -> Bool {
    let result = SpecLoader(environment: [:]).load(text: text, name: path)
    #expect((result.experiment == nil) == result.diagnostics.hasErrors, "\(title)")
    _ = result.diagnostics.rendered
    _ = result.config?.text
    guard let experiment = result.experiment else { return false }
    do {
      // As `Compiler.compile` does ahead of lowering.
      try experiment.requireSizes(below: 1 << 32, elementBytes: 4)
    } catch { return false }
    var compiler = Compiler()
    let module = compiler.lower(experiment)
    #expect(!module.functions.isEmpty, "\(title)")
    return true
  }

  // MARK: Damage

  private static let values = [
    "0", "-1", "7", "1e309", "nan", ".inf", "9223372036854775807", "9223372036854775808", "null",
    "true", "[]", "{}", "''", "\"", "*a", "x ? 1 : 2", "1/0", "2^4096", "grad(1, x)",
    "grad(sum(x), z)", "mean(D(G(z)", "D(z)", "G(x)", "loss(nobody)", "loss(discriminator, half=2)",
    "uniform(over=sample)", "params(D)", "${env:HOME}", String(repeating: "(", count: 3000),
    String(repeating: "-", count: 3000) + "1", String(repeating: "[", count: 3000), "\u{feff}",
  ]

  private func damage(
    _ lines: inout [String], _ other: [String], _ words: [String], _ generator: inout SplitMix64
  ) {
    guard !lines.isEmpty else { return lines = ["a"] }
    let at = Int.random(in: 0..<lines.count, using: &generator)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: lines.remove(at: at)
    case 1: lines.insert(lines[at], at: at)
    case 2: lines[at] = String(repeating: " ", count: 2) + lines[at]
    case 3: lines.insert(other.randomElement(using: &generator) ?? "", at: at)
    case 4: lines.swapAt(at, Int.random(in: 0..<lines.count, using: &generator))
    case 5:
      let key = lines[at].prefix { $0 != ":" }
      lines[at] = "\(key): \(Self.values.randomElement(using: &generator) ?? "")"
    case 6: replace(in: &lines[at], where: \.isNumber, Self.values, &generator)
    case 7: replace(in: &lines[at], where: \.isLetter, words, &generator)
    default:
      guard let place = lines[at].indices.randomElement(using: &generator) else { return }
      lines[at].remove(at: place)
    }
  }

  /// Puts one of `values` in the place of one run of characters.
  private func replace(
    in line: inout String, where belongs: (Character) -> Bool, _ values: [String],
    _ generator: inout SplitMix64
  ) {
    let starts = line.indices.filter { belongs(line[$0]) }
    guard let start = starts.randomElement(using: &generator) else { return }
    let end = line[start...].firstIndex { !belongs($0) } ?? line.endIndex
    line.replaceSubrange(start..<end, with: values.randomElement(using: &generator) ?? "")
  }
}
