import Console
import Diagnostics
import Syntax

extension DatasetInspection {
  /// The findings, a line each, without faults.
  package var lines: [String] {
    var lines = [
      "\(groupedText(count)) \(plural("sample", count)) of \(describe(shape: sampleShape)), \(elementText)"
    ]
    lines += kindLines
    lines += notes
    lines += classLines
    lines += channelLines
    if let (first, second) = firstDuplicate {
      lines.append(
        "\(groupedText(duplicates)) \(duplicates == 1 ? "sample equals" : "samples equal") an earlier one: "
          + "\(second) is \(first)")
    }
    if let digest { lines.append("content \(digest)") }
    return lines
  }

  private var elementText: String { element == .byte ? "bytes" : "floats" }

  private var kindLines: [String] {
    guard !kinds.isEmpty else { return [] }
    let shown = 12
    var lines = kinds.prefix(shown).map { "  \(pad(groupedText($0.count), 9))  \($0.kind)" }
    if kinds.count > shown { lines.append("  and \(kinds.count - shown) kinds more") }
    return lines
  }

  private var classLines: [String] {
    guard let most = classes.map({ $0.count }).max(), let least = classes.map({ $0.count }).min()
    else { return [] }
    let shown = 100
    var lines = ["\(classes.count) classes"]
    lines += classes.prefix(shown).enumerated().map { number, entry in
      "  \(pad(groupedText(entry.count), 9))  class \(number)\(entry.name.map { " " + quoted($0) } ?? "")"
    }
    if classes.count > shown { lines.append("  and \(classes.count - shown) classes more") }
    if least == 0 {
      lines.append("  a class without samples")
    } else if most > least {
      lines.append(
        "  the largest class has \(shortText(Double(most) / Double(least))) times the smallest")
    }
    return lines
  }

  private var channelLines: [String] {
    // Where every sample is faulty, nothing is known of their values.
    guard faults.count < count else { return [] }
    let shown = 16
    var lines = channels.prefix(shown).enumerated().map { number, channel in
      let name = sampleShape.count == 3 ? "channel" : channels.count > 1 ? "coordinate" : "values"
      let scaled =
        element == .byte
        ? " (of 255: \(fixed(channel.mean / 255)) and \(fixed(channel.deviation / 255)))" : ""
      return
        "\(name) \(number): \(shortText(channel.least)) to \(shortText(channel.greatest)), mean "
        + "\(fixed(channel.mean)), deviation \(fixed(channel.deviation))\(scaled)"
    }
    if channels.count > shown { lines.append("and \(channels.count - shown) more") }
    return lines
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// Four decimals.
  private func fixed(_ value: Double) -> String { short((value * 10_000).rounded() / 10_000) }
}
