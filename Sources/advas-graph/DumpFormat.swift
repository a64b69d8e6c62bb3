import ArgumentParser
import Compilation
import Console
import Export

/// How `advas-graph --dump` writes graphs.
enum DumpFormat: String, CaseIterable, ExpressibleByArgument {
  /// A listing for people.
  case text
  /// The canonical text, which the compiler's tests read back.
  case ir
  /// Modules of StableHLO, for XLA and other compilers; `// -----` stands between them, where MLIR's tools split.
  case stablehlo
}

extension Compiler {
  /// What another program reads of an experiment; nil for the text, which is of a stage.
  func exported(
    _ experiment: CompiledExperiment, as format: DumpFormat, player: String?
  ) throws(Failure) -> String? {
    switch format {
    case .text, .ir: return nil
    case .stablehlo:
      return try portableFunctions(of: experiment, player: player)
        .map { StableHLOModule($0.function, graph: $0.graph, title: $0.title).text }
        .joined(separator: "\n// -----\n\n")
    }
  }
}
