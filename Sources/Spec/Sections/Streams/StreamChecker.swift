import Data
import Diagnostics
import Syntax

/// Checks `data` and `latent`: what samples there are and where they come from.
struct StreamChecker {
  private(set) var streams: [Stream] = []
  /// Streams that could not be understood; expressions that name them are not checked.
  private(set) var failed: Set<String> = []
  private let context: CheckingContext

  init(_ context: CheckingContext) { self.context = context }

  mutating func check(data: SpecNode?, latent: SpecNode?, _ names: inout Namespace) {
    for entry in entries(data, "'data'") {
      guard names.claim(entry.key, as: "stream", context) else {
        failed.insert(entry.key.text)
        continue
      }
      checkData(entry, &names)
    }
    let batch = streams.first?.batch
    for entry in entries(latent, "'latent'") {
      guard names.claim(entry.key, as: "stream", context) else {
        failed.insert(entry.key.text)
        continue
      }
      checkLatent(entry, batch: batch, hasFailedData: !failed.isEmpty)
    }
  }

  private func entries(_ node: SpecNode?, _ what: String) -> [SpecNode.Entry] {
    guard let node, !node.isNull else { return [] }
    if let entries = node.entries { return entries }
    context.error(
      "\(what) must be a mapping of stream names, but found \(node.kindName)", at: node.span,
      hint: "write, for example, x: {type: fashion_mnist, batch: 64}")
    return []
  }

  // MARK: Data

  private mutating func checkData(_ entry: SpecNode.Entry, _ names: inout Namespace) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "data '\(name)'", at: ["data", name], place: entry.key.span, context)
    let type = reader.require("type", example: "type: fashion_mnist").flatMap {
      context.choice($0, "'type' of data '\(name)'", among: DatasetType.names)
    }
    let labels = reader.take("labels").flatMap { context.string($0, "'labels' of data '\(name)'") }
    let batch = reader.requiredInteger("batch", in: 1...Limits.size)
    guard let type else {
      failed.formUnion([name] + (labels.map { [$0.text] } ?? []))
      return
    }
    let range = reader.twoNumbers("range", isRange: true).map { $0.0...$0.1 }
    let definition = DatasetType.named(type)?.read(&reader)
    var view = DatasetView()
    if definition?.isFinite ?? true { view = DatasetView(reading: &reader) }
    reader.finish()
    let hasLabels = labels.map { names.claim($0, as: "stream", context) } ?? false
    guard let batch, let definition else {
      failed.formUnion([name] + (labels.map { [$0.text] } ?? []))
      return
    }
    let dataset = Dataset(
      definition: definition, range: range, view: view, span: entry.key.span)
    streams.append(
      Stream(
        name: name, source: .data(dataset, column: 0), batch: batch,
        shape: definition.sampleShape, span: entry.key.span))
    guard let labels, hasLabels else { return }
    guard let width = definition.labelWidth else {
      failed.insert(labels.text)
      context.error(
        "data of type '\(type)' has no labels", at: labels.span,
        hint: definition.isFinite ? "if it has some, say how many: classes: 10" : nil)
      return
    }
    streams.append(
      Stream(
        name: labels.text, source: .data(dataset, column: 1), batch: batch, shape: [width],
        span: labels.span))
  }

  // MARK: Latent

  private mutating func checkLatent(_ entry: SpecNode.Entry, batch: Int?, hasFailedData: Bool) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "latent '\(name)'", at: ["latent", name], place: entry.key.span, context)
    let distribution = reader.choice(
      "distribution", default: "normal", among: ["normal", "uniform", "classes"])
    let shape: [Int]?
    var source = Stream.Source.normal
    if distribution == "classes" {
      _ = reader.require("of", example: "of: 10")
      shape = reader.optionalInteger("of", in: 2...65_536).map { [$0] }
      source = .classes(shape?[0] ?? 2)
    } else {
      shape = reader.requiredShape("shape")
    }
    if distribution == "uniform" {
      let range = reader.twoNumbers("range", isRange: true)
      if range == nil { context.recordDefault("range", "[-1, 1]", at: reader.path) }
      source = .uniform(low: range?.0 ?? -1, high: range?.1 ?? 1)
    }
    let size: Int?
    if let batch {
      size = reader.integer("batch", default: batch, in: 1...Limits.size)
    } else if hasFailedData {
      _ = reader.take("batch")
      size = nil
    } else {
      size = reader.requiredInteger("batch", in: 1...Limits.size)
    }
    reader.finish()
    guard let shape, let size else {
      failed.insert(name)
      return
    }
    streams.append(
      Stream(name: name, source: source, batch: size, shape: shape, span: entry.key.span))
  }
}
