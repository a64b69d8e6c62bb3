import Console
import Diagnostics
import JSON
import Layers
import Lowering
import Spec
import Syntax

/// What is known of what stands at a place, as Markdown.
struct Hover {
  private let inquiry: Inquiry
  private var outline: Outline { inquiry.outline }
  private var parts: [String] = []
  private var range: Range<Int>?

  init(_ inquiry: Inquiry) {
    self.inquiry = inquiry
    guard let word = inquiry.word else { return }
    range = word.range
    switch word.role {
    case .key: explainKey(word)
    case .value: explainValue(word)
    }
  }

  /// null where there is nothing to say.
  var json: JSONValue {
    guard !parts.isEmpty, let range else { return .null }
    let text = parts.joined(separator: "\n\n---\n\n")
    return .object([
      ("contents", .object([("kind", .text("markdown")), ("value", .text(text))])),
      ("range", inquiry.range(range)),
    ])
  }

  // MARK: Keys

  private mutating func explainKey(_ word: Outline.Word) {
    let (name, above) = (outline.text(word), Array(word.path.dropLast()))
    let place = Place(above, in: outline)
    if let key = place.keys(at: above, in: outline).first(where: { $0.name == name }) {
      parts.append(Self.explanation(of: key))
      return
    }
    if place.words.contains(name), let text = Self.explanation(of: name, at: place) {
      parts.append("```\n\(text)```")
      addLayer(word.range)
    } else if place.isLayer {
      addLayer(word.range)
    }
    // Keys that stand beside a type in the mapping of their own, `conv: {out: 64}`.
    addOwn(name, word)
  }

  /// Of a layer and a function of one name, a list of layers has the layer.
  private static func explanation(of word: String, at place: Place) -> String? {
    place.isLayer ? Catalogue.explanation(ofLayer: word) : Catalogue.explanation(of: word)
  }

  private static func explanation(of key: any AnyKey) -> String {
    var text = "**\(key.name)**: \(key.looks)"
    if key.isRequired {
      text += ", required"
    } else if !key.fallbackText.isEmpty {
      text += ", by default \(key.fallbackText)"
    }
    return text + "\n\n" + key.meaning
  }

  /// What the spec calls so itself.
  private mutating func addOwn(_ name: String, _ word: Outline.Word) {
    switch word.path.section {
    case "vars" where word.path.count == 2: addVariable(name)
    case "networks" where word.path.count == 2: addNetwork(name)
    case "data" where word.path.count == 2, "latent" where word.path.count == 2: addStream(name)
    default: break
    }
  }

  private mutating func addVariable(_ name: String) {
    guard let value = inquiry.analysis.parts.variables[name] else { return }
    parts.append("variable **\(name)** = \(short(value))")
  }

  private mutating func addStream(_ name: String) {
    guard let stream = inquiry.analysis.experiment?.streams.first(where: { $0.name == name }) else {
      return
    }
    parts.append(
      "stream **\(name)**: samples of shape \(describe(shape: stream.shape)), batches of \(stream.batch)"
    )
  }

  private mutating func addNetwork(_ name: String) {
    guard let network = inquiry.analysis.parts.networks.first(where: { $0.name == name }) else {
      return
    }
    let inputs = network.inputs.map { "\($0.name) \(describe(shape: $0.shape))" }
    var text =
      "network **\(name)**: \(inputs.joined(separator: ", ")) → \(describe(shape: network.output))"
    let count = network.allLayers.reduce(0) { $0 + $1.parameterCount }
    text += "\n\n\(groupedText(count)) parameters"
    if let costs = inquiry.analysis.operations(of: network) {
      text += ", \(costs.values.reduce(0, +).scaled)FLOP for one sample"
    }
    parts.append(text)
  }

  // MARK: Values

  private mutating func explainValue(_ word: Outline.Word) {
    let text = outline.text(word)
    let place = Place(word.path, in: outline)
    if place.words.contains(text), let about = Self.explanation(of: text, at: place) {
      parts.append("```\n\(about)```")
    }
    addLayer(word.range)
    guard place.takesNames else { return }
    if let (name, bytes) = inquiry.name {
      if isCall(bytes), let function = SpecLanguage.functions.first(where: { $0.name == name }) {
        range = bytes
        parts.append("```\n\(function.signature)\n```\n\n\(function.summary)")
      }
      addVariable(name)
      addNetwork(name)
      addStream(name)
    }
    addMeaning()
  }

  private func isCall(_ bytes: Range<Int>) -> Bool {
    bytes.upperBound < outline.bytes.count && outline.bytes[bytes.upperBound] == UInt8(ascii: "(")
  }

  /// The type of the smallest expression around the place, and the value of the arithmetic.
  private mutating func addMeaning() {
    let file = inquiry.analysis.file
    func covers(_ span: SourceSpan) -> Bool {
      span.file == file && span.start <= inquiry.offset && inquiry.offset <= span.end
    }
    let parts = inquiry.analysis.parts
    let smallest = parts.meanings.filter { covers($0.key) }.min { $0.key.length < $1.key.length }
    if let (span, meaning) = smallest {
      self.parts.append("`\(span.text)`: \(meaning)")
      range = span.start..<span.end
    } else if let (span, value) = parts.numbers.filter({ covers($0.key) }).min(by: {
      $0.key.length < $1.key.length
    }),
      plainNumber(span.text) == nil
    {
      self.parts.append("`\(span.text)` = \(short(value))")
    }
  }

  // MARK: Layers

  /// Shapes, parameters and costs of the layers that an entry makes: of a block, one for each use.
  private mutating func addLayer(_ bytes: Range<Int>) {
    let analysis = inquiry.analysis
    var lines: [String] = []
    for network in analysis.parts.networks {
      for layer in network.allLayers
      where layer.span.file == analysis.file && layer.span.start == bytes.lowerBound {
        lines.append(Self.line(of: layer, analysis.operations(of: network)))
      }
    }
    guard !lines.isEmpty else { return }
    let most = 8
    let rest = lines.count > most ? ["... and \(lines.count - most) more"] : []
    parts.append((lines.prefix(most) + rest).joined(separator: "  \n"))
  }

  private static func line(of layer: Layer, _ operations: [String: Double]?) -> String {
    let inputs = layer.inputShapes.map { describe(shape: $0) }.joined(separator: ", ")
    let nested = layer.withNested
    let parameters = nested.reduce(0) { $0 + $1.parameterCount }
    var text =
      "**\(layer.path)**: \(inputs) → \(describe(shape: layer.outputShape)), \(groupedText(parameters)) parameters"
    if let operations {
      text += ", \(nested.reduce(0) { $0 + (operations[$1.path] ?? 0) }.scaled)FLOP"
    }
    return text
  }
}

extension SourceSpan {
  fileprivate var length: Int { end - start }
}

extension Layer {
  /// Elements of all that an optimizer moves; layers inside have their own.
  fileprivate var parameterCount: Int {
    ownedVariables.filter(\.isParameter).reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}

extension Double {
  /// `12.3 M`, with a space behind it in any case.
  fileprivate var scaled: String {
    let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    guard let (size, unit) = units.first(where: { self >= $0.0 }) else { return "\(Int(self)) " }
    let tenths = (self / size * 10).rounded() / 10
    return "\(tenths) \(unit)"
  }
}
