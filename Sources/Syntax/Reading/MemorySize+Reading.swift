import Diagnostics

extension CheckingContext {
  /// An amount of memory in bytes: `200 MB`, `1.5 GiB`, `4*width MB`.
  package func memorySize(_ node: SpecNode, _ what: String) -> Int? {
    let units = Self.memoryUnits
    guard let text = node.scalar, !node.isNull, node.boolean == nil,
      let unit = units.keys.first(where: { text.text.hasSuffix($0) && isAfterNumber($0, text.text) }
      )
    else {
      let found = node.scalar.map { "'\($0.text)'" } ?? node.kindName
      error(
        "\(what) must be an amount of memory, but found \(found)", at: node.span,
        hint: "write 200 MB; units are \(Self.memoryUnitNames.joined(separator: ", "))")
      return nil
    }
    var bytes = Array(text.text.utf8.dropLast(unit.utf8.count))
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    let inner = SpecNode(.scalar(text.slice(0..<bytes.count), isPlain: true), at: node.span)
    guard let amount = number(inner, what) else { return nil }
    let size = amount * Double(units[unit] ?? 1)
    guard size >= 1, size <= 0x1p62 else {
      let bound = size < 1 ? "at least a byte" : "at most \(1 << 32) GiB"
      error(
        "\(what) must be \(bound), but is \(short(amount)) \(unit)", at: node.span,
        hint: "write 200 MB")
      return nil
    }
    return Int(size)
  }

  /// `true` iff no letter precedes the unit: `MB` is not the unit of `5 GMB`, nor `B` that of `5 MB`.
  private func isAfterNumber(_ unit: String, _ text: String) -> Bool {
    let rest = text.utf8.dropLast(unit.utf8.count)
    guard let last = rest.last else { return false }
    return !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(last & 0xdf)
  }

  private static let memoryUnitNames = ["kB", "MB", "GB", "KiB", "MiB", "GiB"]

  private static let memoryUnits = Dictionary(
    uniqueKeysWithValues: zip(
      memoryUnitNames, [1000, 1_000_000, 1_000_000_000, 1 << 10, 1 << 20, 1 << 30]))
}
