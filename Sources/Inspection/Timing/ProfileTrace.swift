import Console
import Data
import Diagnostics
import JSON
import Planning
import TensorIR

extension Profile {
  /// Writes the last round in the format of Chrome's tracing, which Perfetto and chrome://tracing show: a slice for each step with
  /// its layer, cost and place in memory, below one for each function.
  public func writeTrace(to path: String) throws(Diagnostic) {
    var items = [named("process_name", "advas", thread: 0)]
    items += [
      named("thread_name", "functions", thread: 1), named("thread_name", "kernels", thread: 2),
    ]
    items += functionSlices + events.map(slice)
    let trace = JSONValue.object([
      ("displayTimeUnit", .text("ms")), ("traceEvents", .list(items)),
    ])
    do throws(FileError) {
      try AtomicFile.write(trace.line + "\n", to: path)
    } catch { throw error.diagnostic }
  }

  private func named(_ what: String, _ name: String, thread: Int) -> JSONValue {
    .object([
      ("ph", .text("M")), ("pid", .integer(1)), ("tid", .integer(thread)), ("name", .text(what)),
      ("args", .object([("name", .text(name))])),
    ])
  }

  private func complete(
    _ name: String, _ category: String, _ thread: Int, _ start: Double, _ duration: Double,
    _ arguments: [(String, JSONValue)]
  ) -> JSONValue {
    .object([
      ("ph", .text("X")), ("pid", .integer(1)), ("tid", .integer(thread)), ("name", .text(name)),
      ("cat", .text(category)), ("ts", .number(start * 1e6)), ("dur", .number(duration * 1e6)),
      ("args", .object(arguments)),
    ])
  }

  private func slice(_ event: Event) -> JSONValue {
    let (step, origin) = (event.step, event.step.origin)
    var arguments: [(String, JSONValue)] = [
      ("node", .text("%\(step.value.index)")), ("layer", .text(origin.layer)),
      ("order", .integer(origin.order)),
      ("flop", .number(step.call.operations(resultCount: step.result.count))),
      ("place", .text("\(step.result.space)[\(step.result.offset)+\(step.result.count)]")),
    ]
    if let span = origin.span { arguments.append(("spec", .text(span.description))) }
    return complete(
      "\(step.call.label) \(origin.layer)", "d\(origin.order)", 2, event.start, event.duration,
      arguments)
  }

  /// One slice for each run of a function.
  private var functionSlices: [JSONValue] {
    var slices: [JSONValue] = []
    var index = 0
    while index < events.count {
      let first = events[index]
      var end = index + 1
      while end < events.count, events[end].run == first.run { end += 1 }
      let last = events[end - 1]
      slices.append(
        complete(
          first.function, "function", 1, first.start, last.start + last.duration - first.start,
          [("steps", .integer(end - index))]))
      index = end
    }
    return slices
  }
}
