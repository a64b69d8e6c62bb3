import CKernels

/// How a `FastEngine` runs.
public struct EngineOptions: Hashable, Sendable {
  /// The caller and its helpers; results do not depend on it.
  public var threads: Int
  public var instructionSet: InstructionSet
  public var convolutions: ConvolutionMethod
  /// Fills the arena with signalling NaN before each run, so that a read of unwritten memory shows.
  public var poisonsArena: Bool

  /// Options for this machine.
  public init(
    threads: Int, instructionSet: InstructionSet = .best,
    convolutions: ConvolutionMethod = .automatic, poisonsArena: Bool = false
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

  /// The best that this processor has.
  public static var best: InstructionSet {
    InstructionSet(rawValue: ck_best_level().rawValue) ?? .baseline
  }

  public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }

  var kernels: ck_kernels { ck_kernels_of(ck_level(rawValue: rawValue)).pointee }
}

/// How convolutions are computed.
public enum ConvolutionMethod: Hashable, Sendable {
  /// The fastest of the others for each shape.
  case automatic
  /// The fastest that multiplies and adds what the definition says: Winograd's minimal filtering rounds about five times as much.
  case direct
  /// Winograd's minimal filtering wherever the geometry allows it, else the fastest.
  case winograd
  /// Patches and matrix products, by OpenBLAS alone.
  case gemm
  /// oneDNN wherever it takes the shape, else `gemm`.
  case oneDNN

  var allowsWinograd: Bool { self == .automatic || self == .winograd }
  /// Kernels of our own that multiply and add what the definition says.
  var allowsFewChannels: Bool { self != .gemm && self != .oneDNN }
}
