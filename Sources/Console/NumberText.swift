import Glibc

/// A number as C's printf writes it, but that `nan` has no sign.
package func formatted(_ format: String, _ value: Double) -> String {
  // On x86 0/0 has one, which tells nobody anything.
  let value = value.isNaN ? Double.nan : value
  return withVaList([value]) { arguments in
    var buffer = [CChar](repeating: 0, count: 64)
    let written = vsnprintf(&buffer, buffer.count, format, arguments)
    let bytes = buffer.prefix(max(0, min(Int(written), 63))).map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Four significant digits: `-0.01234`, `1.235e+07`.
package func shortText(_ value: Double) -> String { formatted("%.4g", value) }

/// `3.2 MB`, in powers of ten.
package func byteText(_ count: Int) -> String {
  scaled(Double(count), ["B", "kB", "MB", "GB", "TB", "PB", "EB"])
}

/// `1.25 GFLOP`.
package func operationText(_ count: Double) -> String {
  scaled(count, ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"])
}

private func scaled(_ value: Double, _ units: [String]) -> String {
  var value = value
  var unit = 0
  while value >= 999.5, unit + 1 < units.count {
    value /= 1000
    unit += 1
  }
  return formatted(unit == 0 ? "%.0f" : "%.3g", value) + " " + units[unit]
}

/// `1:02:03` or `2:03`.
package func clockText(seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let total = Int(max(0, seconds.rounded()))
  let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
  func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
}

/// `12,345`.
package func groupedText(_ value: Int) -> String {
  let digits = String(value.magnitude)
  var out = ""
  for (i, digit) in digits.enumerated() {
    if i > 0, (digits.count - i).isMultiple(of: 3) { out += "," }
    out.append(digit)
  }
  return (value < 0 ? "-" : "") + out
}

extension Duration {
  /// The length in seconds.
  package var seconds: Double {
    let (whole, atto) = components
    return Double(whole) + Double(atto) * 1e-18
  }
}
