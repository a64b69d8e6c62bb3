import Diagnostics

/// Builds the located tree of one YAML document: aliases are spelled out, merge keys expanded, duplicate keys reported.
package struct YAMLComposer {
  /// Nodes of a tree with its aliases spelled out; a document of a few lines can ask for billions.
  static let nodeLimit = 100_000
  package static let depthLimit = 64

  /// A fault that leaves no tree to go on with.
  private struct Abort: Error {
    var diagnostic: Diagnostic
  }

  private let file: SourceFile
  private let reader: YAMLEventReader
  private var anchors: [String: SpecNode] = [:]
  private var depth = 0
  private var nodes = 0
  private var diagnostics = DiagnosticBag()

  /// Reads the document in `range` of `file`, by default all of it.
  ///
  /// - Returns: the tree, or nil where the text is not one YAML document. Faults go into `diagnostics`.
  package static func read(
    _ file: SourceFile, range: Range<Int>? = nil, into diagnostics: inout DiagnosticBag
  ) -> SpecNode? {
    var composer = YAMLComposer(file, range ?? 0..<file.bytes.count)
    defer { diagnostics.formUnion(composer.diagnostics) }
    do {
      return try composer.document()
    } catch let abort as Abort {
      composer.diagnostics.insert(abort.diagnostic)
    } catch let problem as YAMLProblem {
      composer.diagnostics.insert(problem.diagnostic(in: file))
    } catch {
      preconditionFailure("unexpected error while reading YAML: \(error)")
    }
    return nil
  }

  private init(_ file: SourceFile, _ range: Range<Int>) {
    self.file = file
    reader = YAMLEventReader(file: file, range: range)
  }

  private func span(_ start: Int, _ end: Int) -> SourceSpan {
    SourceSpan(file, min(start, file.bytes.count), min(end, file.bytes.count))
  }

  private mutating func document() throws -> SpecNode? {
    let first = try reader.next()
    guard case .documentStart = first.event else { return nil }
    let (event, start, end) = try reader.next()
    let root = try node(event, start, end)
    _ = try reader.next()
    let next = try reader.next()
    if case .streamEnd = next.event { return root }
    throw Abort(
      diagnostic: Diagnostic(
        .error, "a second document starts here; a spec is one document",
        at: span(next.start, next.end),
        hint: "remove the '---' or use 'include' to combine files"))
  }

  // MARK: Nodes

  private mutating func node(_ event: YAMLEvent, _ start: Int, _ end: Int) throws -> SpecNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw Abort(diagnostic: tooDeep(span(start, end))) }
    nodes += 1
    guard nodes <= Self.nodeLimit else { throw Abort(diagnostic: tooLarge(span(start, end))) }
    switch event {
    case .scalar(let value, let style, let anchor, let tag):
      let start = anchor == nil && tag == nil ? start : contentStart(start, end)
      let text = located(value, style, start, end)
      let node = SpecNode(.scalar(text, isPlain: style == .plain), at: text.span)
      return finish(node, anchor, tag)
    case .alias(let name): return try resolve(alias: name, at: span(start, end))
    case .sequenceStart(let anchor, let tag, let isFlow):
      return finish(try sequence(start, end, isFlow: isFlow), anchor, tag)
    case .mappingStart(let anchor, let tag, let isFlow):
      return finish(try mapping(start, end, isFlow: isFlow), anchor, tag)
    default:
      throw Abort(diagnostic: Diagnostic(.error, "expected a value", at: span(start, end)))
    }
  }

  /// Where the text of a scalar starts behind its anchor and tag.
  private func contentStart(_ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end, [UInt8(ascii: "&"), UInt8(ascii: "!")].contains(file.bytes[position]) {
      while position < end, file.bytes[position] > 0x20 { position += 1 }
      while position < end, file.bytes[position] <= 0x20 { position += 1 }
    }
    return position
  }

  private func located(
    _ value: [UInt8], _ style: YAMLEvent.Style, _ start: Int, _ end: Int
  ) -> LocatedText {
    let end = min(end, file.bytes.count)
    let start = min(start, end)
    let source = file.bytes[start..<end]
    var visibleEnd = end
    while visibleEnd > start + 1, [0x0A, 0x0D, 0x20].contains(file.bytes[visibleEnd - 1]) {
      visibleEnd -= 1
    }
    let text = String(decoding: value, as: UTF8.self)
    return LocatedText(
      text: text, file: file,
      offsets: source.isEmpty
        ? Array(repeating: start, count: value.count)
        : ScalarLocation.offsets(of: value, in: source, style: style),
      span: SourceSpan(file, start, visibleEnd))
  }

  private mutating func finish(_ node: SpecNode, _ anchor: String?, _ tag: String?) -> SpecNode {
    var node = node
    switch tag {
    case nil, "!": break
    case "!replace": node.replaces = true
    case let tag?:
      diagnostics.insert(
        Diagnostic(
          .error, "YAML tag '\(tag)' has no meaning in a spec", at: node.span,
          hint: "remove it; only '!replace' is known"))
    }
    if let anchor { anchors[anchor] = node }
    return node
  }

  private mutating func resolve(alias name: String, at place: SourceSpan) throws -> SpecNode {
    guard let target = anchors[name] else {
      throw Abort(
        diagnostic: Diagnostic(
          .error, "no anchor '&\(name)' stands above this alias", at: place,
          hint: suggestion(for: name, among: anchors.keys.sorted())
            ?? "if an expression is meant, quote it: YAML reads a leading '*' as an alias"))
    }
    nodes += target.count
    guard nodes <= Self.nodeLimit else { throw Abort(diagnostic: tooLarge(place)) }
    guard depth + target.depth <= Self.depthLimit else { throw Abort(diagnostic: tooDeep(place)) }
    return target
  }

  private func tooLarge(_ place: SourceSpan) -> Diagnostic {
    Diagnostic(
      .error,
      "the document has more than \(Self.nodeLimit) values once its aliases are spelled out",
      at: place,
      hint: "aliases of aliases grow exponentially; use 'blocks' and 'repeat' instead")
  }

  private func tooDeep(_ place: SourceSpan) -> Diagnostic {
    Diagnostic(.error, "values are nested more than \(Self.depthLimit) deep", at: place)
  }

  // MARK: Collections

  private mutating func sequence(_ start: Int, _ end: Int, isFlow: Bool) throws -> SpecNode {
    var items: [SpecNode] = []
    var last = end
    while true {
      let (event, itemStart, itemEnd) = try reader.next()
      if case .sequenceEnd = event {
        last = isFlow ? itemEnd : last
        break
      }
      items.append(try node(event, itemStart, itemEnd))
      last = max(last, items[items.count - 1].span.end)
    }
    if isFlow { items = CutExpression.mend(items, in: file, &diagnostics) }
    return SpecNode(.sequence(items), at: span(start, last))
  }

  private mutating func mapping(_ start: Int, _ end: Int, isFlow: Bool) throws -> SpecNode {
    var pairs: [(key: SpecNode, value: SpecNode)] = []
    var last = end
    while true {
      let (event, keyStart, keyEnd) = try reader.next()
      if case .mappingEnd = event {
        last = isFlow ? keyEnd : last
        break
      }
      let key = try node(event, keyStart, keyEnd)
      let (valueEvent, valueStart, valueEnd) = try reader.next()
      let value = try node(valueEvent, valueStart, valueEnd)
      pairs.append((key, value))
      if value.span.file == file { last = max(last, value.span.end, key.span.end) }
    }
    if isFlow { pairs = CutExpression.mend(pairs, in: file, &diagnostics) }
    return SpecNode(.mapping(entries(of: pairs)), at: span(start, last))
  }

  /// Expands `<<` and reports keys that stand twice.
  private mutating func entries(of pairs: [(key: SpecNode, value: SpecNode)]) -> [SpecNode.Entry] {
    var entries: [SpecNode.Entry] = []
    var places: [String: SourceSpan] = [:]
    var merged: [SpecNode] = []
    for (key, value) in pairs {
      guard let name = key.scalar else {
        diagnostics.insert(
          Diagnostic(.error, "a key must be a word, but found \(key.kindName)", at: key.span))
        continue
      }
      if name.text == "<<", case .scalar(_, isPlain: true) = key.content {
        merged += value.items ?? [value]
      } else if let first = places[name.text] {
        diagnostics.insert(
          Diagnostic(
            .error, "key '\(name.text)' stands twice in one mapping", at: key.span,
            hint: "remove one of them",
            notes: [Diagnostic(.note, "the first one is here", at: first)]))
      } else {
        places[name.text] = key.span
        entries.append(SpecNode.Entry(key: name, value: value))
      }
    }
    for source in merged {
      guard let additions = source.entries else {
        diagnostics.insert(
          Diagnostic(.error, "'<<' merges mappings, but found \(source.kindName)", at: source.span))
        continue
      }
      for entry in additions where places[entry.key.text] == nil {
        places[entry.key.text] = entry.key.span
        entries.append(entry)
      }
    }
    return entries
  }
}

extension DiagnosticBag {
  /// Adds the messages of another bag.
  package mutating func formUnion(_ other: DiagnosticBag) { other.sorted.forEach { insert($0) } }
}
