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
  /// Products of matrices.
  case matmul(MatMulKernel)
  /// A convolution, or its gradient with respect to an operand.
  case convolution(ConvolutionKernel)
  /// Sums or maxima over some axes.
  case reduce(ReduceKernel)
  /// Sums of what a scalar program computes.
  case sums(SumsKernel)
  /// Blocks of operands, moved to other places.
  case copy(CopyKernel)
  /// What ranks do together.
  case collective(CollectiveKernel)
}

/// `C[m×n] = op(A) · op(B)`, row-major and dense; A is stored k×m when `transposeA`, B n×k when `transposeB`.
///
/// `batch` such products, each operand's matrices and the results one behind the other.
public struct MatMulKernel: Hashable, Sendable {
  /// How many products, at least 1.
  public var batch: Int
  /// Rows of a result.
  public var m: Int
  /// Columns of a result.
  public var n: Int
  /// Terms of each sum: columns of op(A), rows of op(B).
  public var k: Int
  /// Whether A is stored k×m.
  public var transposeA: Bool
  /// Whether B is stored n×k.
  public var transposeB: Bool
}

/// One direction of a convolution's trilinear form.
public struct ConvolutionKernel: Hashable, Sendable {
  /// Which of image, filter and result is computed from the other two.
  public var direction: ConvolutionDirection
  /// Sizes in pixels and channels, strides, paddings, groups.
  public var geometry: ConvolutionGeometry
  /// How images lie in memory; filters are always [out, in/groups, height, width].
  public var layout: ImageLayout
}

/// A reduction over some axes of a dense operand.
///
/// `result[kept...] = kind over reduced... of operand[Σ kept·stride + Σ reduced·stride]`, the result dense over `kept`.
public struct ReduceKernel: Hashable, Sendable {
  /// What becomes of the elements that meet.
  public var kind: ReduceKind
  /// Outermost first; neighbours that lie contiguously are one loop.
  public var kept: [Loop]
  /// The axes that disappear, outermost first.
  public var reduced: [Loop]

  /// `count` steps, `stride` elements of the operand apart.
  public struct Loop: Hashable, Sendable {
    /// Steps.
    public var count: Int
    /// Elements of the operand from step to step.
    public var stride: Int

    /// Makes a loop of so many steps.
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
    /// The operand's index.
    public var operand: Int
    /// The first element read, from the operand's start.
    public var sourceOffset: Int
    /// The first element written, from the result's start.
    public var targetOffset: Int
    /// Outermost first; a source stride of 0 repeats.
    public var loops: [Loop]
  }

  /// `count` steps with their distances, in elements, in source and target.
  public struct Loop: Hashable, Sendable {
    /// Steps.
    public var count: Int
    /// Elements of the operand from step to step; 0 repeats.
    public var sourceStride: Int
    /// Elements of the result from step to step.
    public var targetStride: Int

    /// Makes a loop of so many steps.
    public init(count: Int, sourceStride: Int, targetStride: Int) {
      self.count = count
      self.sourceStride = sourceStride
      self.targetStride = targetStride
    }
  }

  /// Blocks that do not overlap in the result.
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
