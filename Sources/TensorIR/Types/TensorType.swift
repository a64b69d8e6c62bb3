/// The extents of a tensor; row-major, so the last axis is contiguous.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The extent of each axis.
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  public init(arrayLiteral elements: Int...) { dimensions = elements }

  /// Number of axes; 0 for a scalar.
  public var rank: Int { dimensions.count }

  /// Number of elements; 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent of an axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The extents before those of matrices, which are the last two.
  public var batch: [Int] { Array(dimensions.dropLast(2)) }

  /// How many elements apart neighbours along each axis lie.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }
}

/// The precision that a graph is written in.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  case float32 = "f32"
  case float64 = "f64"

  /// Bytes of one element.
  public var byteCount: Int { self == .float32 ? 4 : 8 }
}

/// What is known of a value before it is computed.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The extents.
  public var shape: Shape
  /// What an element is.
  public var element: ElementType

  public init(_ shape: Shape, _ element: ElementType) {
    self.shape = shape
    self.element = element
  }

  /// Bytes of the whole value.
  public var byteCount: Int { shape.count * element.byteCount }

  /// `f32[64x1x28x28]`, or `f32[]` for a scalar.
  public var description: String {
    "\(element.rawValue)[\(shape.dimensions.map(String.init).joined(separator: "x"))]"
  }

  /// The same element type with another shape.
  public func with(shape: Shape) -> TensorType { TensorType(shape, element) }
}

/// A number that equals itself bit for bit, so that hash-consing keeps 0.0 and -0.0 apart and finds NaN again.
public struct ExactDouble: Hashable, Sendable, CustomStringConvertible {
  private let bits: UInt64

  public init(_ value: Double) { bits = value.bitPattern }

  /// The number.
  public var value: Double { Double(bitPattern: bits) }

  public var description: String { value.description }
}

/// Operands that an operation cannot take.
public struct TypeError: Error, Hashable, Sendable {
  /// What is wrong, in words.
  public let message: String
  public init(_ message: String) { self.message = message }
}
