import ArgumentParser
import Compilation
import Console
import Diagnostics
import Explorer
import Export

/// How `advas-graph --dump` writes graphs.
enum DumpFormat: String, CaseIterable, ExpressibleByArgument {
  /// A listing for people.
  case text
  /// The canonical text, which the compiler's tests read back.
  case ir
  /// Graphs, costs, places, passes and the memory plan, for programs.
  case json
  /// A page that shows what `json` holds, to look around in.
  case html
  /// Graphviz's language, a cluster for each layer and order of derivative.
  case dot
  /// A picture of one function in SVG: layers as rows, orders of derivative as columns.
  case svg
  /// Modules of StableHLO, for XLA and other compilers; `// -----` stands between them, where MLIR's tools split.
  case stablehlo

  /// Whether a format has any stage that is a graph, not the optimized one alone.
  var takesStages: Bool { self != .stablehlo }
}

extension Compiler {
  /// What another program reads of an experiment; nil for the text, which is of a stage.
  func exported(
    _ experiment: CompiledExperiment, of spec: SourceFile?, as format: DumpFormat, stage: Stage,
    player: String?, profile: MeasuredProfile?, ranks: Int
  ) throws(Failure) -> String? {
    switch format {
    case .text: return nil
    case .ir: return experiment.canonicalText(of: stage, player: player)
    case .json, .html:
      let document = try GraphDocument(
        experiment, spec: spec, stage: stage, player: player, compiler: self, profile: profile)
      return format == .json ? document.text : document.html
    case .dot: return experiment.dotText(of: stage, player: player)
    case .svg: return try experiment.pictureText(of: stage, player: player)
    case .stablehlo:
      return try rankedFunctions(of: experiment, player: player, ranks: ranks)
        .map { StableHLOModule($0.function, graph: $0.graph, title: $0.title, ranks: ranks).text }
        .joined(separator: "\n// -----\n\n")
    }
  }
}
