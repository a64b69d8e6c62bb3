extension SampleSet.Values {
  /// The same samples of `shape`, [height, width, channels], as [channels, height, width], with any number of axes.
  func movingLastAxisFirst(of shape: [Int]) -> SampleSet.Values {
    switch self {
    case .bytes(let values): .bytes(Self.moved(values, shape))
    case .floats(let values): .floats(Self.moved(values, shape))
    }
  }

  private static func moved<T>(_ values: [T], _ shape: [Int]) -> [T] {
    let channels = shape[shape.count - 1]
    let places = shape.dropLast().reduce(1, *)
    let size = channels * places
    return [T](unsafeUninitializedCapacity: values.count) { out, count in
      for start in stride(from: 0, to: values.count, by: size) {
        for place in 0..<places {
          for channel in 0..<channels {
            out.baseAddress?.advanced(by: start + channel * places + place)
              .initialize(to: values[start + place * channels + channel])
          }
        }
      }
      count = values.count
    }
  }
}
