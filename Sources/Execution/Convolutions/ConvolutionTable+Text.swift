import Diagnostics
import TensorIR

extension ConvolutionTable {
  /// The table that comes with advas.
  public static let shipped: ConvolutionTable = {
    let text = String(decoding: PackageResources.convolutions_table, as: UTF8.self)
    var faults = DiagnosticBag()
    guard
      let table = ConvolutionTable(
        SourceFile(name: "<convolutions.table>", text: text), into: &faults)
    else { preconditionFailure("the shipped table is faulty: \(faults.rendered)") }
    return table
  }()

  /// Reads lines `set threads direction conditions... kernel`; `#` begins a comment.
  ///
  /// Nil where something is wrong; every fault is in `faults`, at its word.
  public init?(_ file: SourceFile, into faults: inout DiagnosticBag) {
    var rules: [Rule] = []
    var found: [Diagnostic] = []
    for words in Self.lines(of: file) {
      do throws(Diagnostic) {
        rules.append(try Rule(words))
      } catch { found.append(error) }
    }
    if rules.isEmpty, found.isEmpty {
      found.append(
        Diagnostic(
          .error, "the table has no line", at: SourceSpan(file, 0, 0),
          hint: "the last one is usually: any any any patches"))
    }
    found.forEach { faults.insert($0) }
    guard found.isEmpty else { return nil }
    self.rules = rules
  }

  /// The table as it is read, comments aside.
  public var text: String {
    rules.map { rule in
      let words =
        [
          rule.instructionSet.map { "\($0)" } ?? anyWord, rule.threads.map { "\($0)" } ?? anyWord,
          rule.direction?.rawValue ?? anyWord,
        ]
        + rule.conditions.map { "\($0.quantity.rawValue)\($0.comparison.rawValue)\($0.value)" }
      return (words + [rule.kernel.rawValue]).joined(separator: " ") + "\n"
    }.joined()
  }

  /// The words of each line that has some, with their places.
  private static func lines(of file: SourceFile) -> [[SourceSpan]] {
    var lines: [[SourceSpan]] = []
    let mark = Array("\u{FEFF}".utf8)
    let bytes = file.bytes.dropFirst(file.bytes.starts(with: mark) ? mark.count : 0)
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let code = line.prefix { $0 != UInt8(ascii: "#") }
      let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
      let words = code.split { blanks.contains($0) }
        .map { SourceSpan(file, $0.startIndex, $0.endIndex) }
      if !words.isEmpty { lines.append(words) }
    }
    return lines
  }
}

private let anyWord = "any"

extension ConvolutionTable.Rule {
  fileprivate init(_ words: [SourceSpan]) throws(Diagnostic) {
    guard words.count >= 4, let last = words.last else {
      throw Diagnostic(
        .error, "a line has an instruction set, threads, a direction, conditions and a kernel",
        at: SourceSpan(words[0].file, words[0].start, words[words.count - 1].end),
        hint: "for instance: any any forward out>=8 onednn")
    }
    instructionSet = try named(
      words[0], "instruction set", InstructionSet.allCases.map { ("\($0)", $0) })
    threads = try Self.threads(words[1])
    direction = try named(
      words[2], "direction", ConvolutionDirection.allCases.map { ($0.rawValue, $0) })
    for word in words[3..<(words.count - 1)] {
      conditions.append(try ConvolutionTable.Condition(word))
    }
    guard let kernel = ConvolutionTable.Kernel(rawValue: last.text) else {
      throw unknown(last, "kernel", ConvolutionTable.Kernel.allCases.map(\.rawValue))
    }
    self.kernel = kernel
  }

  private static func threads(_ word: SourceSpan) throws(Diagnostic) -> Int? {
    if word.text == anyWord { return nil }
    guard let count = Int(word.text), count > 0 else {
      throw Diagnostic(
        .error, "'\(shown(word))' is no number of threads", at: word, hint: "write 2 or any")
    }
    return count
  }
}

extension ConvolutionTable.Condition {
  fileprivate init(_ word: SourceSpan) throws(Diagnostic) {
    let text = word.text
    let comparison = ConvolutionTable.Comparison.allCases.compactMap { comparison in
      text.firstRange(of: comparison.rawValue).map { (comparison, $0) }
    }.first
    guard let (comparison, place) = comparison, let value = Int(text[place.upperBound...]) else {
      throw Diagnostic(
        .error, "'\(shown(word))' is no condition", at: word, hint: "write in>=32, or stride=2")
    }
    guard value >= 0 else {
      throw Diagnostic(
        .error, "'\(shown(word))' compares with a number below 0", at: word,
        hint: "quantities are 0 or more")
    }
    let name = String(text[..<place.lowerBound])
    guard let quantity = ConvolutionTable.Quantity(rawValue: name) else {
      let end = word.start + name.utf8.count
      throw unknown(
        SourceSpan(word.file, word.start, end), "quantity",
        ConvolutionTable.Quantity.allCases.map(\.rawValue))
    }
    self.init(quantity: quantity, comparison: comparison, value: value)
  }
}

/// What a word names; nil for `any`.
private func named<T>(
  _ word: SourceSpan, _ what: String, _ known: [(name: String, value: T)]
) throws(Diagnostic) -> T? {
  if word.text == anyWord { return nil }
  guard let found = known.first(where: { $0.name == word.text }) else {
    throw unknown(word, what, known.map(\.name) + [anyWord])
  }
  return found.value
}

/// The word, fit for a message: what would not be seen is escaped.
private func shown(_ word: SourceSpan) -> String {
  word.text.unicodeScalars.map {
    switch $0.properties.generalCategory {
    case .control, .format: "\\u{\(String($0.value, radix: 16))}"
    default: String($0)
    }
  }.joined()
}

private func unknown(_ word: SourceSpan, _ what: String, _ known: [String]) -> Diagnostic {
  Diagnostic(
    .error, "unknown \(what) '\(shown(word))'", at: word,
    hint: didYouMean(word.text, among: known) ?? "there are: \(known.joined(separator: ", "))")
}
