/// What an executor can run: the vocabulary between the operations and the kernels, pure data.
public enum KernelCall: Hashable, Sendable {
  /// Written from outside before the graph runs.
  case input
  /// Every element is this number.
  case fill(ExactDouble)
  /// The result is operand 0's storage from element `offset` on; nothing runs.
  case alias(offset: Int)
  /// One scalar program per element.
  case elementwise(ScalarProgram)
  case matmul(MatMulKernel)
  case convolution(ConvolutionKernel)
  case reduce(ReduceKernel)
  /// Sums of what a scalar program computes.
  case sums(SumsKernel)
  case copy(CopyKernel)
}

/// `C[m×n] = op(A) · op(B)`, row-major and dense; A is stored k×m when `transposeA`, B n×k when `transposeB`.
///
/// `batch` such products, each operand's matrices and the results one behind the other.
public struct MatMulKernel: Hashable, Sendable {
  public var batch: Int
  public var m: Int
  public var n: Int
  public var k: Int
  public var transposeA: Bool
  public var transposeB: Bool
}

/// One direction of a convolution's trilinear form.
public struct ConvolutionKernel: Hashable, Sendable {
  public var direction: ConvolutionDirection
  public var geometry: ConvolutionGeometry
  public var layout: ImageLayout
}

/// A reduction over some axes of a dense operand.
///
/// `result[kept...] = kind over reduced... of operand[Σ kept·stride + Σ reduced·stride]`, the result dense over `kept`.
public struct ReduceKernel: Hashable, Sendable {
  public var kind: ReduceKind
  /// Outermost first; neighbours that lie contiguously are one loop.
  public var kept: [Loop]
  public var reduced: [Loop]

  /// `count` steps, `stride` elements of the operand apart.
  public struct Loop: Hashable, Sendable {
    public var count: Int
    public var stride: Int
    public init(count: Int, stride: Int) {
      self.count = count
      self.stride = stride
    }
  }
}

/// A strided copy: broadcasts, transpositions, slices, paddings and concatenations.
public struct CopyKernel: Hashable, Sendable {
  /// One block, read from operand `operand`.
  public struct Piece: Hashable, Sendable {
    public var operand: Int
    public var sourceOffset: Int
    public var targetOffset: Int
    /// Outermost first; a source stride of 0 repeats.
    public var loops: [Loop]
  }

  /// `count` steps with their distances, in elements, in source and target.
  public struct Loop: Hashable, Sendable {
    public var count: Int
    public var sourceStride: Int
    public var targetStride: Int
    public init(count: Int, sourceStride: Int, targetStride: Int) {
      self.count = count
      self.sourceStride = sourceStride
      self.targetStride = targetStride
    }
  }

  public var pieces: [Piece]
  /// What the gaps between pieces hold; nil where there are none.
  public var fill: ExactDouble?
}

extension KernelCall {
  /// `true` iff the result may overwrite operand `index` (same size, dead afterwards): every element of that operand
  /// is read before, or at the same index as, the result is written.
  public func mayOverwrite(operand index: Int, resultCount: Int) -> Bool {
    guard case .elementwise(let program) = self else { return false }
    return program.accesses[index] == .dense(resultCount)
  }
}
