/// Bounds that keep arithmetic on sizes away from overflow.
package enum Limits {
  /// Channels, features, samples and the like.
  package static let size = 1 << 31
  /// Kernel sizes, strides and paddings.
  package static let kernel = 1 << 16
  /// Elements of one sample, or of one parameter.
  package static let elements = 1 << 40

  /// The product of sizes, nil beyond `bound`.
  package static func product(_ sizes: [Int], atMost bound: Int = elements) -> Int? {
    var result = 1
    for size in sizes {
      let (value, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, value <= bound else { return nil }
      result = value
    }
    return result
  }
}
