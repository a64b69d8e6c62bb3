import Compilation
import Console
import Data
import Diagnostics
import Execution
import Modules
import Planning
import TensorIR

/// A run that several ranks go on with: the first reads its folder, and the others get from it what is in there.
public struct SharedResumption {
  private let agreement: RankAgreement
  /// nil on ranks that follow.
  private let resumption: Resumption?
  /// The spec of the run.
  public let loaded: LoadedSpec

  /// Reads the run by `read` on the first rank, and takes its spec and table of kernels from there on the others.
  ///
  /// - Throws: a failure where the first finds no run to go on with.
  public init(
    by agreement: RankAgreement, compiler: inout Compiler,
    _ read: (inout Compiler) throws(Failure) -> Resumption
  ) throws(Failure) {
    self.agreement = agreement
    var copy = compiler
    resumption = try agreement.together { () throws(Failure) in
      agreement.follows ? nil : try read(&copy)
    }
    let texts = agreement.ofFirst([
      resumption?.loaded.resolvedText ?? "", copy.convolutionTable.text,
    ])
    let own = resumption?.loaded
    loaded = try agreement.together { () throws(Failure) in
      if let own { return own }
      copy.convolutionTable = try Self.table(texts[1])
      return try copy.load(SpecInput(text: texts[0], name: "the run's spec.yaml"))
    }
    compiler = copy
  }

  private static func table(_ text: String) throws(Failure) -> ConvolutionTable {
    var faults = DiagnosticBag()
    let file = SourceFile(name: "convolutions.table", text: text)
    guard let table = ConvolutionTable(file, into: &faults) else {
      throw Failure(.faultyInput, faults)
    }
    return table
  }

  /// The rank's part in the run, which stands where the first rank's checkpoint says.
  ///
  /// - Throws: a failure where the checkpoint is faulty or the data is not that of the run.
  public func makePart(_ compiler: inout Compiler) throws(Failure) -> RankPart {
    var copy = compiler
    let (compiled, run) = try agreement.together { () throws(Failure) in
      let compiled = try copy.compile(checked: loaded)
      return (compiled, try resumption?.makeRun(compiled, by: agreement))
    }
    let snapshot = agreement.ofFirst(run?.trainer.snapshot(), like: compiled)
    return try agreement.together { () throws(Failure) in
      if let run { return .first(run) }
      return .following(try FollowingRun(loaded, compiled, by: agreement, from: snapshot))
    }
  }
}

extension RankAgreement {
  /// Whether another rank writes what there is to write.
  public var follows: Bool { transport.map { $0.rank > 0 } ?? false }

  /// The texts of the first rank.
  fileprivate func ofFirst(_ texts: [String]) -> [String] {
    guard let transport else { return texts }
    return texts.map { String(decoding: transport.broadcast(Array($0.utf8)), as: UTF8.self) }
  }

  /// The snapshot of the first rank, of the same experiment.
  fileprivate func ofFirst(_ own: Snapshot?, like compiled: CompiledExperiment) -> Snapshot? {
    guard let transport else { return own }
    let players = compiled.module.players.map(\.name)
    var counts = [Int64(own?.round ?? 0)] + players.map { Int64(own?.steps[$0] ?? 0) }
    counts.withUnsafeMutableBytes { transport.broadcast($0) }
    let type = compiled.precision.fileType
    let tensors = compiled.layout.shapes.enumerated().map { index, shape in
      let bytes = transport.broadcast(own?.tensors[index].bytes ?? [])
      return TensorData(type, shape: shape.dimensions, bytes: bytes)
    }
    return Snapshot(
      round: Int(counts[0]),
      steps: Dictionary(uniqueKeysWithValues: zip(players, counts.dropFirst().map { Int($0) })),
      tensors: tensors)
  }
}
