import Diagnostics
import Syntax

extension MappingReader {
  /// An amount of memory, `200 MB`; nil where there is none.
  mutating func memorySize(_ key: String) -> MemoryBudget? {
    context.keys.note(key, .memory, at: path)
    guard let node = take(key) else {
      context.recordDefault(key, "null", at: path)
      return nil
    }
    return context.memorySize(node, title(key)).map { MemoryBudget(bytes: $0, span: node.span) }
  }
}
