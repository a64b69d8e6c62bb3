import Diagnostics
import TensorIR

// How MLIR writes types, numbers, names and places.

extension TensorType {
  /// `tensor<64x1x28x28xf32>`.
  var mlir: String { mlir(of: element.rawValue) }

  /// The type of as many truth values: `tensor<64xi1>`.
  var mlirCondition: String { mlir(of: "i1") }

  private func mlir(of element: String) -> String {
    "tensor<\(shape.dimensions.map { "\($0)x" }.joined())\(element)>"
  }
}

extension ElementType {
  /// A number as MLIR reads it: digits on both sides of the point, and the bits of what is no number.
  ///
  /// float32 is rounded here, so that no reader can round a decimal otherwise.
  func mlir(_ value: Double) -> String {
    switch self {
    case .float32:
      let float = Float(value)
      return float.isFinite
        ? Self.decimal(float.description) : "0x" + Self.hexadecimal(float.bitPattern)
    case .float64:
      return value.isFinite
        ? Self.decimal(value.description) : "0x" + Self.hexadecimal(value.bitPattern)
    }
  }

  /// `1e-08` is no number of MLIR's, `1.0e-08` is.
  private static func decimal(_ text: String) -> String {
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private static func hexadecimal<Bits: FixedWidthInteger>(_ bits: Bits) -> String {
    let digits = String(bits, radix: 16, uppercase: true)
    return String(repeating: "0", count: Bits.bitWidth / 4 - digits.count) + digits
  }
}

extension Array<Int> {
  /// `[2, 3]`.
  var mlir: String { "[\(map(String.init).joined(separator: ", "))]" }
}

extension String {
  /// A string literal; bytes that are not printable ASCII stand as `\C3`.
  var mlirQuoted: String {
    var text = "\""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), ..<32, 127...:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "\\" + (digits.count == 1 ? "0" : "") + digits
      default: text.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return text + "\""
  }
}

extension Origin {
  /// ` loc("d1 D.0"("spec.yaml":12:9))`: the order of derivative, the layer and its place in the YAML, which XLA's
  /// messages and profiles repeat.
  var mlir: String {
    let name = "d\(order) \(layer)".mlirQuoted
    guard let span else { return " loc(\(name))" }
    let (line, column) = span.file.position(of: span.start)
    return " loc(\(name)(\(span.file.name.mlirQuoted):\(line):\(column)))"
  }
}
