/// A tensor as it lies in a file: element type, shape and little-endian bytes in C order.
public struct TensorData: Hashable, Sendable {
  /// The element types that are read and written, by their names in the format.
  public enum ElementType: String, CaseIterable, Hashable, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case int64 = "I64"
    case uint8 = "U8"

    /// Bytes of one element.
    public var size: Int {
      switch self {
      case .float32: 4
      case .float64, .int64: 8
      case .uint8: 1
      }
    }
  }

  /// What the bytes are.
  public let elementType: ElementType
  /// Sizes from the slowest to the fastest dimension; empty for a scalar.
  public let shape: [Int]
  /// Elements in C order, little-endian.
  public let bytes: [UInt8]

  /// Makes a tensor of bytes, whose number must be that of the shape.
  public init(_ elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      bytes.count == shape.reduce(elementType.size, *), "bytes and shape of a tensor differ")
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// Makes an F32 tensor; a scalar where `shape` is empty.
  public init(floats: [Float], shape: [Int]) {
    self.init(.float32, shape: shape, bytes: floats.withUnsafeBytes { littleEndian($0, 4) })
  }

  /// Makes an F32 tensor from memory.
  public init(floats: UnsafeBufferPointer<Float>, shape: [Int]) {
    self.init(.float32, shape: shape, bytes: littleEndian(UnsafeRawBufferPointer(floats), 4))
  }

  /// Makes an F64 tensor.
  public init(doubles: [Double], shape: [Int]) {
    self.init(.float64, shape: shape, bytes: doubles.withUnsafeBytes { littleEndian($0, 8) })
  }

  /// Makes an I64 tensor.
  public init(integers: [Int64], shape: [Int]) {
    self.init(.int64, shape: shape, bytes: integers.withUnsafeBytes { littleEndian($0, 8) })
  }

  /// Number of elements.
  public var count: Int { bytes.count / elementType.size }

  /// The elements as single precision floats, rounded where they do not fit.
  public var floats: [Float] {
    switch elementType {
    case .float32: elements(UInt32.self) { Float(bitPattern: $0) }
    case .float64: elements(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .int64: elements(Int64.self) { Float($0) }
    case .uint8: bytes.map { Float($0) }
    }
  }

  /// The elements as double precision floats; only large integers are rounded.
  public var doubles: [Double] {
    switch elementType {
    case .float32: elements(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: elements(UInt64.self) { Double(bitPattern: $0) }
    case .int64: elements(Int64.self) { Double($0) }
    case .uint8: bytes.map { Double($0) }
    }
  }

  /// The elements of an I64 or U8 tensor; nil for floats.
  public var integers: [Int64]? {
    switch elementType {
    case .float32, .float64: nil
    case .int64: elements(Int64.self) { $0 }
    case .uint8: bytes.map { Int64($0) }
    }
  }

  /// `F32[64, 128]`, for messages.
  public var typeDescription: String { "\(elementType.rawValue)\(shape)" }

  private func elements<Bits: FixedWidthInteger, T>(_: Bits.Type, _ value: (Bits) -> T) -> [T] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { i in
        let bits = raw.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self)
        return value(Bits(littleEndian: bits))
      }
    }
  }
}

/// The bytes of `memory` with each element of `size` bytes in little-endian order.
private func littleEndian(_ memory: UnsafeRawBufferPointer, _ size: Int) -> [UInt8] {
  #if _endian(little)
    return Array(memory)
  #else
    return (0..<memory.count).map { memory[$0 / size * size + size - 1 - $0 % size] }
  #endif
}
