import Diagnostics

/// A type of numbers in a file.
enum NumberType: Hashable, Sendable {
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64, boolean

  /// Bytes of one number.
  var size: Int {
    switch self {
    case .uint8, .int8, .boolean: 1
    case .uint16, .int16, .float16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// The values of bytes.
  func floats(_ bytes: [UInt8], isBigEndian: Bool) -> [Float] {
    bytes.withUnsafeBytes { raw in
      func map<Bits: FixedWidthInteger>(_: Bits.Type, _ value: (Bits) -> Float) -> [Float] {
        (0..<(raw.count / size)).map {
          let bits = raw.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)
          return value(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
        }
      }
      return switch self {
      case .uint8, .boolean: map(UInt8.self) { Float($0) }
      case .int8: map(Int8.self) { Float($0) }
      case .uint16: map(UInt16.self) { Float($0) }
      case .int16: map(Int16.self) { Float($0) }
      case .uint32: map(UInt32.self) { Float($0) }
      case .int32: map(Int32.self) { Float($0) }
      case .uint64: map(UInt64.self) { Float($0) }
      case .int64: map(Int64.self) { Float($0) }
      case .float16: map(UInt16.self) { halfPrecision($0) }
      case .float32: map(UInt32.self) { Float(bitPattern: $0) }
      case .float64: map(UInt64.self) { Float(Double(bitPattern: $0)) }
      }
    }
  }
}

/// An array as a file holds it.
struct RawArray: Sendable {
  var type: NumberType
  /// Sizes from the slowest to the fastest dimension, in C order.
  var shape: [Int]
  var isBigEndian = false
  /// Whether the bytes run through the first dimension first.
  var isFortran = false
  var bytes: [UInt8]
  /// What messages call it.
  var name: String

  /// The values in C order: bytes as they are, all else as floats.
  var values: SampleSet.Values {
    let source = isFortran ? reordered : bytes
    return type == .uint8 ? .bytes(source) : .floats(type.floats(source, isBigEndian: isBigEndian))
  }

  /// The bytes in C order.
  private var reordered: [UInt8] {
    let size = type.size
    let count = bytes.count / size
    var steps = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { steps[axis] = steps[axis - 1] * shape[axis - 1] }
    var place = [Int](repeating: 0, count: shape.count)
    var source = 0
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for _ in 0..<count {
      out += bytes[(source * size)..<((source + 1) * size)]
      var axis = shape.count - 1
      while axis >= 0 {
        place[axis] += 1
        source += steps[axis]
        if place[axis] < shape[axis] { break }
        source -= steps[axis] * shape[axis]
        place[axis] = 0
        axis -= 1
      }
    }
    return out
  }
}

/// The value of a number of half precision.
private func halfPrecision(_ bits: UInt16) -> Float {
  let sign: Float = bits >> 15 == 1 ? -1 : 1
  let exponent = Int(bits >> 10 & 31)
  let fraction = Float(bits & 1023)
  switch exponent {
  case 0: return sign * fraction * 0x1p-24
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default:
    return sign * (1 + fraction / 1024)
      * Float(sign: .plus, exponent: exponent - 15, significand: 1)
  }
}

extension RawArray {
  /// A set of these samples, and of labels where there are some, as a spec announces them.
  func samples(
    shape wanted: [Int], labels: RawArray?, classes: Int?
  ) throws(Diagnostic) -> SampleSet {
    let layout = try Self.layout(of: shape, as: wanted, name)
    let count = shape[0]
    let values = layout.channelsFirst(values)
    try values.checkFinite(size: wanted.reduce(1, *), of: name)
    return SampleSet(
      sampleShape: wanted, values: values,
      labels: try labels.map { (labels) throws(Diagnostic) in
        try labels.labels(count: count, classes: classes)
      })
  }

  /// How samples that a spec has as `wanted` lie in an array of `shape`, whose first axis counts them.
  static func layout(
    of shape: [Int], as wanted: [Int], _ name: String
  ) throws(Diagnostic) -> SampleLayout {
    guard shape.first != 0 else {
      throw Diagnostic(
        .error, "there are no samples in \(quoted(name)), whose shape is \(shape)",
        hint: "the first axis counts samples")
    }
    let own = Array(shape.dropFirst())
    guard !shape.isEmpty, let layout = SampleLayout(own, as: wanted) else {
      throw Diagnostic(
        .error,
        "samples have shape \(wanted) in the spec, but \(own) in \(quoted(name)), whose shape is \(shape)",
        hint: "the first axis counts samples; channels come first or last")
    }
    return layout
  }

  /// The array as labels of `count` samples: classes as whole numbers, or vectors.
  func labels(count: Int, classes: Int?) throws(Diagnostic) -> SampleLabels {
    guard let classes else {
      throw Diagnostic(
        .error, "there are labels in \(quoted(name)), but the spec does not say how many classes",
        hint: "write 'classes: 10'")
    }
    guard shape.first == count, shape.count <= 2 else {
      throw Diagnostic(
        .error,
        "\(quoted(name)) has shape \(shape), expected one label for each of \(count) samples",
        hint: "take both arrays from the same set and split")
    }
    if shape.count == 2, shape[1] != 1 {
      guard shape[1] == classes else {
        throw Diagnostic(
          .error, "labels in \(quoted(name)) have \(shape[1]) numbers, but classes is \(classes)",
          hint: "write 'classes: \(shape[1])'")
      }
      let values = values
      switch values {
      case .floats(let floats):
        try values.checkFinite(size: classes, of: name)
        return .vectors(floats, width: classes)
      case .bytes(let bytes): return .vectors(bytes.map { Float($0) }, width: classes)
      }
    }
    return .classes(try ClassNumbers.check(values, below: classes, of: name), count: classes)
  }
}
