import CKernels

/// How a `FastEngine` runs.
public struct EngineOptions: Hashable, Sendable {
  /// The caller and its helpers; the same number gives the same bytes.
  public var threads: Int
  /// The vector instructions of its kernels.
  public var instructionSet: InstructionSet
  /// Which kernel computes a convolution.
  public var convolutions: ConvolutionTable
  /// Fills the arena with signalling NaN before each run, so that a read of unwritten memory shows.
  public var poisonsArena: Bool

  /// Options for this machine.
  public init(
    threads: Int, instructionSet: InstructionSet = .best,
    convolutions: ConvolutionTable = .shipped, poisonsArena: Bool = false
  ) {
    precondition(threads > 0, "an engine needs a thread")
    self.threads = threads
    self.instructionSet = instructionSet
    self.convolutions = convolutions
    self.poisonsArena = poisonsArena
  }
}

/// The vector instructions that our own kernels may use; OpenBLAS and oneDNN choose for themselves.
public enum InstructionSet: UInt32, Sendable, CaseIterable, Comparable {
  case baseline, avx2, avx512

  /// Sets a limit to `best`, as `ONEDNN_MAX_CPU_ISA` does for oneDNN: `baseline`, `avx2` or `avx512`.
  public static let limitVariable = "ADVAS_MAX_ISA"

  /// `true` iff the variable is not set or names an instruction set.
  public static var isLimitKnown: Bool { ck_limit_is_known() != 0 }

  /// The best that this processor has and the variable allows.
  public static var best: InstructionSet {
    InstructionSet(rawValue: ck_best_level().rawValue) ?? .baseline
  }

  public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }

  var kernels: ck_kernels { ck_kernels_of(ck_level(rawValue: rawValue)).pointee }
}
