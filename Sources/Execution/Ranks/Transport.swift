/// How ranks speak to each other: all call the same methods in the same order, and each returns when all have called it.
///
/// Faults are not thrown: a rank that misses others cannot go on, and a transport ends the process with a message.
public protocol Transport: AnyObject {
  /// From 0.
  var rank: Int { get }
  /// How many there are.
  var ranks: Int { get }
  /// Makes `values` the sum over ranks, of the same bits on each.
  func sum(_ values: UnsafeMutableBufferPointer<Float>)
  func sum(_ values: UnsafeMutableBufferPointer<Double>)
  /// Makes `values` the largest over ranks, element by element.
  func maximum(_ values: UnsafeMutableBufferPointer<Float>)
  func maximum(_ values: UnsafeMutableBufferPointer<Double>)
  /// Puts the parts of all ranks, of one size, side by side in their order.
  func gather(_ part: UnsafeRawBufferPointer, into whole: UnsafeMutableRawBufferPointer)
  /// Gives every rank the bytes of the first.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer)
}

extension Transport {
  /// The largest number of any rank, place by place.
  public func maximum(_ values: [Double]) -> [Double] {
    var values = values
    values.withUnsafeMutableBufferPointer { maximum($0) }
    return values
  }

  /// The texts of all ranks, in their order.
  public func gather(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    let longest = Int(maximum([Double(bytes.count)])[0])
    // A text has no zero byte, which therefore can fill what is left.
    let part = bytes + [UInt8](repeating: 0, count: longest + 1 - bytes.count)
    var whole = [UInt8](repeating: 0, count: part.count * ranks)
    part.withUnsafeBytes { part in
      whole.withUnsafeMutableBytes { gather(part, into: $0) }
    }
    return (0..<ranks).map { rank in
      let text = whole[(rank * part.count)..<((rank + 1) * part.count)].prefix { $0 != 0 }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The bytes of the first rank, however many they are.
  public func broadcast(_ bytes: [UInt8]) -> [UInt8] {
    var count = UInt64(bytes.count)
    withUnsafeMutableBytes(of: &count) { broadcast($0) }
    var bytes = rank == 0 ? bytes : [UInt8](repeating: 0, count: Int(count))
    bytes.withUnsafeMutableBytes { broadcast($0) }
    return bytes
  }
}
