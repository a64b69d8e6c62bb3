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
    let type = reader.value(of: StreamKeys.type)
    let labels = reader.given(StreamKeys.labels)
    let batch = reader.value(of: StreamKeys.batch)
    guard let type else {
      failed.formUnion([name] + (labels.map { [$0.text] } ?? []))
      return
    }
    let range = reader.given(StreamKeys.range)
    let definition = DatasetType.named(type)?.read(&reader)
    var view = DatasetView()
    if definition?.isFinite ?? true { view = DatasetView(reading: &reader) }
    if let definition { checkBalance(view, of: definition, type, &reader) }
    reader.finish()
    let hasLabels = labels.map { names.claim($0, as: "stream", context) } ?? false
    guard let batch, let definition, hasPossibleShape(definition, entry) else {
      failed.formUnion([name] + (labels.map { [$0.text] } ?? []))
      return
    }
    let dataset = Dataset(
      definition: definition, range: range, view: view, span: entry.key.span)
    streams.append(
      Stream(
        name: name, source: .data(dataset, column: 0), batch: batch,
        shape: definition.sampleShape, span: entry.key.span, batchSpan: batchSpan(of: entry)))
    guard let labels, hasLabels else { return }
    // Of some classes alone those are counted anew.
    guard let width = definition.labelWidth.map({ view.only.isEmpty ? $0 : view.only.count })
    else {
      failed.insert(labels.text)
      context.error(
        "data of type '\(type)' has no labels", at: labels.span,
        hint: definition.isFinite ? "if it has some, say how many: classes: 10" : nil)
      return
    }
    streams.append(
      Stream(
        name: labels.text, source: .data(dataset, column: 1), batch: batch, shape: [width],
        span: labels.span, batchSpan: batchSpan(of: entry)))
  }

  /// Where the batch of an entry is said, unless it stands with the entry.
  private func batchSpan(of entry: SpecNode.Entry) -> SourceSpan? {
    guard let place = entry.value[StreamKeys.batch.name]?.span, place.file != entry.key.span.file
    else { return nil }
    return place
  }

  /// Whether samples can have the shape that the entry gives them; else there is a diagnostic.
  private func hasPossibleShape(
    _ definition: any DatasetDefinition, _ entry: SpecNode.Entry
  ) -> Bool {
    do throws(Diagnostic) {
      try definition.checkShape()
      return true
    } catch {
      context.error(
        error.message, at: entry.value["shape"]?.span ?? entry.key.span, hint: error.hint)
      return false
    }
  }

  /// Reports shares of classes that there are not; the files tell the rest.
  private func checkBalance(
    _ view: DatasetView, of definition: any DatasetDefinition, _ type: String,
    _ reader: inout MappingReader
  ) {
    guard view.balance != .none, let place = reader.take(DatasetView.balanceKey)?.span else {
      return
    }
    guard let classes = view.only.isEmpty ? definition.labelWidth : view.only.count else {
      context.error(
        "data of type '\(type)' has no classes to balance", at: place,
        hint: "if it has some, say how many: classes: 10")
      return
    }
    if case .weights(let weights) = view.balance, weights.count != classes {
      context.error(
        "'balance' has \(counted(weights.count, "number")), but the number of classes is \(classes)",
        at: place,
        hint: "write one for each class, in their order; 0 leaves a class out")
    }
  }

  // MARK: Latent

  private mutating func checkLatent(_ entry: SpecNode.Entry, batch: Int?, hasFailedData: Bool) {
    let name = entry.key.text
    var reader = MappingReader(
      entry.value, "latent '\(name)'", at: ["latent", name], place: entry.key.span, context)
    let distribution = reader.value(of: StreamKeys.distribution)
    let shape: [Int]?
    var source = Stream.Source.normal
    if distribution == "classes" {
      let classes = reader.value(of: StreamKeys.classes)
      shape = classes.map { [$0] }
      source = .classes(classes ?? 2)
    } else {
      shape = reader.value(of: StreamKeys.shape)
    }
    if distribution == "uniform", let interval = reader.value(of: StreamKeys.interval) {
      source = .uniform(low: interval.lowerBound, high: interval.upperBound)
    }
    let size: Int?
    if let batch {
      size = reader.value(of: StreamKeys.batchOfLatents, or: batch)
    } else if hasFailedData {
      _ = reader.take(StreamKeys.batchOfLatents)
      size = nil
    } else {
      size = reader.require(StreamKeys.batchOfLatents)
    }
    reader.finish()
    guard let shape, let size else {
      failed.insert(name)
      return
    }
    streams.append(
      Stream(
        name: name, source: source, batch: size, shape: shape, span: entry.key.span,
        batchSpan: batchSpan(of: entry)))
  }
}
