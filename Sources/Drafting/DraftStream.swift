import Data
import Diagnostics
import Spec
import Syntax

/// The stream of real samples, with what depends on what a sample is.
struct DraftStream {
  let type: String
  /// As the language's checker finds it.
  let shape: [Int]
  private let keys: WrittenKeys
  /// Whether the draft chose the range of pictures.
  private let isScaled: Bool
  /// The layer, if any, whose values end where those of pictures do.
  let ending: [String]

  /// Reads the keys by the language's own checker, in a game that is nothing but them.
  ///
  /// - Throws: what is wrong with the data of the wish.
  init(_ wish: Wish) throws(DiagnosticBag) {
    let isMapping = wish.data.hasPrefix("{")
    if !isMapping, DatasetType.named(wish.data) == nil {
      throw Draft.unknown("data set", wish.data, among: DatasetType.names)
    }
    try Self.requireKeys(of: wish)
    var keys =
      try isMapping ? WrittenKeys(mapping: wish.data) : WrittenKeys(type: wish.data)
    if let path = wish.path { keys.set("path", yamlQuoted(path)) }
    if let shape = wish.shape ?? Self.usualShapes[wish.data] { keys.set("shape", "\(shape)") }
    if let batch = wish.batch { keys.set("batch", "\(batch)") }
    var probed = keys
    probed.complete("batch", "2")
    let probe = """
      spec: 1
      data: {x: {\(probed.text)}}
      networks: {D: {input: x, layers: [flatten, {linear: 1}]}}
      players: {critic: {trains: [D], minimizes: mean(D(x)^2)}}
      optimizer: {type: sgd, lr: 1}
      train: {total: 1}
      """
    let result = SpecLoader().load(text: probe, name: "<data>")
    guard let stream = result.experiment?.streams.first else { throw result.diagnostics }
    shape = stream.shape
    type = isMapping ? "data" : wish.data
    keys.complete("batch", shape.count == 3 ? "64" : "256")
    isScaled = shape.count == 3 && !keys.contains("range")
    if isScaled { keys.set("range", "[-1, 1]") }
    self.keys = keys
    var range: ClosedRange<Double>? = isScaled ? -1...1 : nil
    if shape.count == 3, case .data(let dataset, _) = stream.source {
      range = range ?? dataset.range
    }
    ending = range == -1...1 ? ["tanh"] : range == 0...1 ? ["sigmoid"] : []
  }

  /// Throws where the wish lacks what its data set does not do without: the checker's own hint is about a file.
  private static func requireKeys(of wish: Wish) throws(DiagnosticBag) {
    let required = Draft.requiredKeys(ofData: wish.data)
    let parts = [
      (key: "path", isGiven: wish.path != nil, hint: "say where it is: --path data/photos"),
      (
        key: "shape", isGiven: wish.shape != nil || usualShapes[wish.data] != nil,
        hint: "say what one sample is: --shape 3,64,64 of a picture, --shape 13 of 13 numbers"
      ),
    ]
    let missing = parts.filter { required.contains($0.key) && !$0.isGiven }
    guard missing.isEmpty else {
      throw DiagnosticBag(
        missing.map { part in
          Diagnostic(.error, "data set '\(wish.data)' needs a '\(part.key)'", hint: part.hint)
        })
    }
  }

  /// Sizes of data sets that are drawn in any.
  private static let usualShapes = ["shapes": [3, 32, 32]]

  /// The side of square pictures; nil of other samples.
  var side: Int? { shape.count == 3 && shape[1] == shape[2] ? shape[1] : nil }

  var isPicture: Bool { shape.count == 3 }

  /// Part of the experiment's name.
  var name: String { type.replacing("_", with: "-") }

  var rounds: Int { isPicture ? 10_000 : 5_000 }

  var text: String {
    let scaling = isScaled ? ", whose values become -1 to 1, as tanh makes them" : ""
    return """
      data:
        # samples of shape \(shape)\(scaling)
        x: {\(keys.text)}
      """
  }

  /// What is written on the way.
  var outputText: String {
    "samples: {every: \(rounds / 10)}     # pictures; 'metrics' would measure: advas-run list metrics"
  }
}
