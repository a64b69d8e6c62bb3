import Compilation
import Console
import Data
import Diagnostics
import Execution
import Glibc
import Modules
import Planning
import TensorIR

/// What several ranks settle with each other beside the sums of their steps; one that is alone agrees with itself.
public final class RankAgreement {
  /// nil for one that is alone.
  let transport: (any Transport)?
  /// Whether a failure is that of all ranks alike; after another one the rest waits for this rank in vain.
  public internal(set) var hasFailedTogether = false

  /// Makes the agreement of the rank of `transport`.
  public init(_ transport: (any Transport)?) { self.transport = transport }

  /// What `body` makes on each rank; where it fails on one, all fail.
  ///
  /// - Throws: the failure of the first rank that has one; on the others one without a message, of the same kind.
  public func together<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    guard let transport else { return try body() }
    let result = Result(catching: body)
    var own: Failure?
    if case .failure(let failure) = result { own = failure }
    let isInput = own?.kind == .faultyInput
    let worst = transport.maximum([
      own == nil ? 0 : Double(transport.ranks - transport.rank), isInput ? 1 : 0,
    ])
    guard worst[0] > 0 else { return try result.get() }
    hasFailedTogether = true
    let teller = transport.ranks - Int(worst[0])
    if let own, teller == transport.rank { throw own }
    throw Failure(worst[1] > 0 ? .faultyInput : .runTime, DiagnosticBag())
  }

  /// What all do after a round.
  struct Decision {
    /// A rank was asked to stop.
    var stops: Bool
    /// A checkpoint is due by the clock, which each rank reads for itself.
    var saves: Bool
  }

  /// Takes together what ranks want after a round: one that stopped by itself would leave the others waiting.
  func settle(stops: Bool, saves: Bool) -> Decision {
    guard let transport else { return Decision(stops: stops, saves: saves) }
    let wishes = transport.maximum([stops ? 1 : 0, saves ? 1 : 0])
    return Decision(stops: wishes[0] > 0, saves: wishes[1] > 0)
  }

  /// The failure of all ranks that `diagnostic` describes, which the first tells.
  func shared(_ diagnostic: Diagnostic, _ kind: Failure.Kind = .runTime) -> Failure {
    hasFailedTogether = true
    let isTold = transport == nil || transport?.rank == 0
    return Failure(kind, DiagnosticBag(isTold ? [diagnostic] : []))
  }
}

// MARK: - What must be alike

extension RankAgreement {
  /// Throws where ranks have something different from each other that must be alike; `facts` are its names and texts.
  func requireAlike(_ facts: [(name: String, text: String)]) throws(Failure) {
    guard let transport else { return }
    let hosts = transport.gather(Self.host)
    for (name, text) in facts {
      let texts = transport.gather(text)
      guard let other = texts.firstIndex(where: { $0 != texts[0] }) else { continue }
      var fault = Diagnostic(
        .error, "\(name) of rank \(other), on \(hosts[other]), differs from that of rank 0",
        hint: "ranks need one advas, spec and data, and processors for which libraries choose alike"
      )
      fault.notes = [0, other].map { rank in
        Diagnostic(.note, "rank \(rank), on \(hosts[rank]): \(texts[rank])")
      }
      throw shared(fault, .faultyInput)
    }
  }

  /// Throws where the variables that steps write are no longer the same bits on all ranks.
  func requireReplicas(_ trainer: Trainer) throws(Failure) {
    guard let transport else { return }
    let (digests, hosts) = (transport.gather(trainer.stepDigest), transport.gather(Self.host))
    guard let other = digests.firstIndex(where: { $0 != digests[0] }) else { return }
    throw shared(
      Diagnostic(
        .error,
        "after round \(trainer.round) rank \(other), on \(hosts[other]), has other variables than "
          + "rank 0, on \(hosts[0])",
        hint: "a processor or a library there computes otherwise; the last checkpoint is whole"))
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Trainer {
  /// Tells variables that steps write apart from those of another rank.
  fileprivate var stepDigest: String {
    var written: Set<String> = []
    for function in compiled.functions.map(\.function) where function.isDealt {
      for target in function.results {
        if case .variable(let name) = target { written.insert(name) }
      }
    }
    var digest = Digest()
    for (index, name) in compiled.layout.names.enumerated() where written.contains(name) {
      digest.combine(tensor(index).bytes)
    }
    return digest.text
  }

  /// What must be alike on all ranks before they train; `spec` is the identity of the spec.
  func facts(spec: String, rounds: Int) throws(Diagnostic) -> [(name: String, text: String)] {
    let data = try datasets.digests().sorted { $0.key < $1.key }
    return [
      ("the version", ProductVersion.text.split(separator: "\n").joined(separator: ", ")),
      ("the spec", "\(spec), from round \(round) to \(rounds)"),
      ("the data", data.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
      ("the plan", compiled.planDigest),
    ]
  }
}

extension CompiledExperiment {
  /// Tells graphs and plans apart from those of another rank.
  fileprivate var planDigest: String {
    var digest = Digest()
    for function in functions where function.function.isDealt {
      digest.combine(function.executable.graph.text)
      for step in function.executable.program.steps {
        digest.combine("\(step.value.index) \(step.result.space) \(step.result.offset)")
      }
    }
    return digest.text
  }
}
