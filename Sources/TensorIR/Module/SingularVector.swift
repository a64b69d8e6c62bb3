/// One of the two vectors that belong to the largest singular value of a weight, seen as a matrix of one row per output.
public struct SingularVector: Hashable, Sendable {
  /// On which side of the matrix a vector stands in uᵀWv.
  public enum Side: Hashable, Sendable {
    /// u, of as many elements as the matrix has rows.
    case left
    /// v, of as many elements as the matrix has columns.
    case right
  }

  /// Iterations on a first weight, from a random v; as many as torch's parametrization does.
  ///
  /// Without them, whoever calls the network before its owner has moved would divide by uᵀWv of unrelated vectors.
  public static let firstIterations = 15
  /// What keeps a vector of zeros from a division by 0 unless the spec says otherwise; that of torch.
  public static let epsilon = 1e-12

  /// The name of the variable that is the weight.
  public var weight: String
  /// The weight's axis of outputs.
  public var axis: Int
  /// Which of the two it is.
  public var side: Side
  /// The variable after which the random stream of the first v is named.
  public var drawnAs: String
  /// Power iterations of a step.
  public var iterations: Int
  /// The least norm that a vector is divided by.
  public var epsilon: Double

  public init(
    weight: String, axis: Int, side: Side, drawnAs: String, iterations: Int, epsilon: Double
  ) {
    self.weight = weight
    self.axis = axis
    self.side = side
    self.drawnAs = drawnAs
    self.iterations = iterations
    self.epsilon = epsilon
  }
}
