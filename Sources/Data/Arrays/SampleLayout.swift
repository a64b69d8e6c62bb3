/// How the samples of a spec lie in a file.
struct SampleLayout: Hashable, Sendable {
  /// Shape of one sample as players see it, channels first.
  let shape: [Int]
  /// Shape of one sample in the file.
  let stored: [Int]
  /// Whether channels are the last axis in the file.
  let isLast: Bool

  /// Samples of `shape` that have all axes in the file, channels first or last.
  init(of shape: [Int], channelsLast: Bool = false) {
    self.shape = shape
    stored = channelsLast ? Array(shape.dropFirst() + shape.prefix(1)) : shape
    isLast = channelsLast && shape.count > 1
  }

  /// Samples that a file has as `stored` and a spec as `shape`: alike, without a channel axis of length 1, or pictures with
  /// the channels last; nil where they are none of these.
  init?(_ stored: [Int], as shape: [Int]) {
    (self.stored, self.shape) = (stored, shape)
    let isAlike = stored == shape || [1] + stored == shape
    isLast = !isAlike && stored.count == 3 && shape == [stored[2], stored[0], stored[1]]
    guard isAlike || isLast else { return nil }
  }

  /// Whole samples as the file has them, channels first.
  func channelsFirst(_ values: SampleSet.Values) -> SampleSet.Values {
    isLast ? values.movingLastAxisFirst(of: stored) : values
  }
}
