import Console
import Diagnostics
import Execution
import JSON
import Modules
import Planning
import TensorIR

extension CompiledExperiment {
  /// What the plan is made of, known before the first step:
  /// `plan: parameters 9 MB + optimizer state 18 MB + arena 79 MB (scratch of one kernel up to 4 MB) = 106 MB`.
  package var planText: String {
    let parts = variableBytes.filter { $0.count > 0 }.map { "\($0.name) \(byteText($0.count))" }
    let arena =
      "arena \(byteText(arenaByteCount)) (scratch of one kernel up to \(byteText(scratchByteCount)))"
    return "plan: " + (parts + [arena]).joined(separator: " + ")
      + " = \(byteText(stateByteCount + arenaByteCount))"
  }

  /// The same in bytes.
  var planValue: JSONValue {
    let parts = variableBytes.map { part -> (String, JSONValue) in
      (part.name.split(separator: " ").joined(separator: "_") + "_bytes", .integer(part.count))
    }
    return .object(
      parts + [
        ("arena_bytes", .integer(arenaByteCount)), ("scratch_bytes", .integer(scratchByteCount)),
        ("bytes", .integer(stateByteCount + arenaByteCount)),
      ])
  }

  /// Bytes of variables, as the state block lays them out, by what they are for.
  private var variableBytes: [(name: String, count: Int)] {
    var sizes: [(name: String, count: Int)] = [
      ("parameters", 0), ("optimizer state", 0), ("buffers and averages", 0),
    ]
    for variable in module.variables {
      let part: Int =
        switch variable.role {
        case .parameter: 0
        case .optimizer: 1
        case .buffer, .average, .parameterAverage, .shadow: 2
        }
      sizes[part].count += (variable.shape.count + 15) / 16 * 16 * precision.element.byteCount
    }
    return sizes
  }

  /// The most bytes that one kernel needs for itself.
  private var scratchByteCount: Int {
    let counts = functions.flatMap { $0.executable.program.steps.map(\.scratch.count) }
    return (counts.max() ?? 0) * precision.element.byteCount
  }

  /// What a function computes twice to need less memory; nil where it computes nothing twice.
  func recomputationText(_ function: CompiledFunction) -> String? {
    guard !function.copies.isEmpty else { return nil }
    let size = precision.element.byteCount
    let graph = function.executable.graph
    var layers: [String] = []
    for copy in function.copies {
      let layer = graph.origins[copy.index].layer
      if !layers.contains(layer) { layers.append(layer) }
    }
    let elements = function.copies.reduce(0) { $0 + graph[$1].type.shape.count }
    return "\(function.title): arena \(byteText(function.arenaBefore * size)) -> "
      + "\(byteText(function.executable.program.arenaCount * size)), "
      + "\(function.copies.count) values (\(byteText(elements * size))) computed again, of "
      + layers.joined(separator: ", ")
  }

  /// The largest that a function holds when its arena is fullest, each with its place in the spec.
  func heldNotes(of function: CompiledFunction, count: Int = 5) -> [Diagnostic] {
    let (graph, held) = (function.executable.graph, function.executable.program.peak)
    // One line for values of one kind, of one size and from one place.
    var groups: [(what: String, size: Int, span: SourceSpan?, times: Int)] = []
    for item in held {
      let origin = graph.origins[item.value.index]
      let name = type(of: graph[item.value].op.definition).mnemonic
      let what =
        (item.isScratch ? "scratch of " : "") + name
        + (origin.layer.isEmpty ? "" : " of " + origin.layer)
        + (origin.order == 0 ? "" : " d\(origin.order)")
      let same = groups.firstIndex {
        $0.what == what && $0.size == item.count && $0.span == origin.span
      }
      if let same {
        groups[same].times += 1
      } else {
        groups.append((what, item.count, origin.span, 1))
      }
    }
    let largest = groups.enumerated().sorted {
      ($1.element.size * $1.element.times, $0.offset)
        < ($0.element.size * $0.element.times, $1.offset)
    }
    return largest.prefix(count).map { _, group in
      let times = group.times == 1 ? "" : "\(group.times) x "
      let size = byteText(group.size * precision.element.byteCount)
      return Diagnostic(
        .note, "\(function.title) holds \(times)\(size) at its peak: \(group.what)",
        at: group.span)
    }
  }
}
