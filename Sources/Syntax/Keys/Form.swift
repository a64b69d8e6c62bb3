import Diagnostics

/// What the value of a key looks like, and how it is read.
package struct Form<Value: Sendable>: Sendable {
  /// What a value looks like, as Markdown: `whole number`.
  package let looks: String
  package let schema: ValueSchema
  /// The value of a node, nil after a diagnostic; the text is what diagnostics call it, `'out' of layer 'conv'`.
  package let read: @Sendable (SpecNode, String, CheckingContext) -> Value?
  /// A value as YAML writes it; nil for one that is not shown.
  package let text: @Sendable (Value) -> String?

  package init(
    _ looks: String, schema: ValueSchema, text: @escaping @Sendable (Value) -> String?,
    read: @escaping @Sendable (SpecNode, String, CheckingContext) -> Value?
  ) {
    self.looks = looks
    self.schema = schema
    self.text = text
    self.read = read
  }

  /// The form of a key that may be left out.
  var optional: Form<Value?> {
    let (text, read) = (text, read)
    return Form<Value?>(looks, schema: schema, text: { $0.flatMap(text) }) { read($0, $1, $2) }
  }

  /// The same form, which documentation describes otherwise.
  package func described(_ looks: String) -> Form {
    Form(looks, schema: schema, text: text, read: read)
  }
}

extension Form where Value == Int {
  /// A whole number, or an expression over vars that evaluates to one.
  package static func integer(in range: ClosedRange<Int>) -> Form {
    Form("whole number", schema: .integer, text: { String($0) }) {
      $2.integer($0, $1, in: range)
    }
  }

  /// Channels, features, samples and the like, from 1.
  package static var size: Form { .integer(in: 1...Limits.size) }

  /// A number of rounds: `20k steps`.
  package static func rounds(from least: Int) -> Form {
    Form("steps", schema: .rounds, text: { String($0) }) { $2.rounds($0, $1, from: least) }
  }
}

extension Form where Value == Double {
  /// A number, or an expression over vars.
  package static func number(in range: ClosedRange<Double>? = nil) -> Form {
    Form("number", schema: .number, text: { short($0) }) { $2.number($0, $1, in: range) }
  }

  package static var positive: Form {
    .number(in: Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude)
  }

  package static var nonnegative: Form { .number(in: 0...Double.greatestFiniteMagnitude) }
}

extension Form where Value == Bool {
  /// `true` or `false`.
  package static var boolean: Form {
    Form("`true` or `false`", schema: .boolean, text: { String($0) }) { $2.boolean($0, $1) }
  }
}

extension Form where Value == String {
  /// Any scalar as text.
  package static var text: Form {
    Form("text", schema: .text, text: { $0 }) { $2.string($0, $1)?.text }
  }

  /// One of a few words; `others` are what other libraries call them.
  package static func choice(_ words: [String], others: [String: [String]] = [:]) -> Form {
    let looks = words.map { "`\($0)`" }.joined(separator: ", ")
    return Form(looks, schema: .choice(words), text: { $0 }) {
      $2.choice($0, $1, among: words, others: others)
    }
  }

  /// A text that is not empty.
  package static var filledText: Form {
    Form("text", schema: .text, text: { $0 }) { node, what, context in
      guard let text = context.string(node, what) else { return nil }
      if text.text.isEmpty {
        context.error(
          "\(what) must not be empty", at: text.span, hint: "leave it out for its default")
      }
      return text.text
    }
  }
}

extension Form where Value == LocatedText {
  /// Any scalar as text, with its place.
  package static var text: Form {
    Form("text", schema: .text, text: { $0.text }) { $2.string($0, $1) }
  }
}

extension Form where Value == [LocatedText] {
  /// A list of names, or one name.
  package static func names(_ looks: String) -> Form {
    Form(
      looks, schema: .names,
      text: { $0.count == 1 ? $0[0].text : describe(names: $0.map(\.text)) }
    ) { $2.names($0, $1) }
  }
}

extension Form where Value == [Int] {
  /// Height and width: `3` or `[3, 5]`.
  package static func pair(in range: ClosedRange<Int>) -> Form {
    Form("number or `[height, width]`", schema: .integers, text: { pairText($0) }) {
      $2.pair($0, $1, in: range)
    }
  }

  /// Zeros on each side, height and width; the words of other libraries are answered with what to write.
  package static func padding(upTo most: Int) -> Form {
    Form("number or `[height, width]`", schema: .integers, text: { pairText($0) }) {
      node, what, context in
      if let text = node.scalar, context.refusesWord(text, what) { return [0, 0] }
      return context.pair(node, what, in: 0...most)
    }
  }

  /// The shape of one sample, of 1 to 4 axes.
  package static var shape: Form {
    Form("a shape", schema: .integers, text: { describe(shape: $0) }) { $2.shape($0, $1) }
  }

  private static func pairText(_ pair: [Int]) -> String {
    Set(pair).count == 1 ? String(pair[0]) : describe(shape: pair)
  }
}

extension Form where Value == ClosedRange<Double> {
  /// `[low, high]`, the first below the second.
  package static var range: Form {
    Form(
      "`[low, high]`", schema: .any,
      text: { "[\(short($0.lowerBound)), \(short($0.upperBound))]" }
    ) { $2.twoNumbers($0, $1, isRange: true).map { $0...$1 } }
  }
}

extension Form where Value == SpecNode {
  /// Whatever stands there, for a reader of its own.
  package static func node(_ looks: String, _ schema: ValueSchema = .any) -> Form {
    Form(looks, schema: schema, text: { _ in nil }) { node, _, _ in node }
  }
}
