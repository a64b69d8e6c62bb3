import Data

/// A record of a TensorBoard event file: a message `Event` of TensorFlow's event.proto, with the values of summary.proto
/// and tensor.proto as TensorBoard 2 writes them.
struct TensorBoardEvent {
  let bytes: [UInt8]

  /// Which of TensorBoard's plugins shows a tensor, and what `DataClass` that takes.
  private enum Plugin: String {
    case scalars, images, histograms, text

    var dataClass: Int {
      switch self {
      case .scalars: 1
      case .histograms, .text: 2
      case .images: 3
      }
    }
  }

  /// Numbers of `DataType`.
  private enum Element: Int {
    case float = 1
    case double = 2
    case string = 7
  }

  init(time: Double, step: Int = 0, _ body: (inout ProtocolMessage) -> Void) {
    var event = ProtocolMessage()
    event.add(1, double: time)
    if step != 0 { event.add(2, number: step) }
    body(&event)
    bytes = event.bytes
  }

  /// The first record of a file.
  static func version(time: Double) -> TensorBoardEvent {
    TensorBoardEvent(time: time) { $0.add(3, text: "brain.Event:2") }
  }

  static func scalar(
    _ tag: String, _ value: Double, time: Double, step: Int
  ) -> TensorBoardEvent {
    tensor(tag, .scalars, .float, shape: [], time, step) { tensor in
      withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { tensor.add(4, bytes: $0) }
    }
  }

  /// A picture; `png` is a whole file.
  static func image(
    _ tag: String, png: [UInt8], time: Double, step: Int
  ) -> TensorBoardEvent {
    // IHDR is the first chunk: 4 bytes of width behind 8 of signature and 8 of its own head, then 4 of height.
    func size(_ place: Int) -> Int {
      png.dropFirst(place).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    return tensor(tag, .images, .string, shape: [3], time, step) { tensor in
      tensor.add(8, text: "\(size(16))")
      tensor.add(8, text: "\(size(20))")
      tensor.add(8, bytes: png)
    }
  }

  static func histogram(
    _ tag: String, _ bins: [HistogramBin], time: Double, step: Int
  ) -> TensorBoardEvent {
    tensor(tag, .histograms, .double, shape: [bins.count, 3], time, step) { tensor in
      let values = bins.flatMap { [$0.left, $0.right, Double($0.count)] }
      tensor.add(
        4, bytes: values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    }
  }

  /// Markdown.
  static func text(_ tag: String, _ text: String, time: Double) -> TensorBoardEvent {
    tensor(tag, .text, .string, shape: [1], time, 0) { $0.add(8, text: text) }
  }

  private static func tensor(
    _ tag: String, _ plugin: Plugin, _ element: Element, shape: [Int], _ time: Double,
    _ step: Int, _ contents: (inout ProtocolMessage) -> Void
  ) -> TensorBoardEvent {
    TensorBoardEvent(time: time, step: step) { event in
      event.add(5) { summary in
        summary.add(1) { value in
          value.add(1, text: tag)
          value.add(8) { tensor in
            tensor.add(1, number: element.rawValue)
            tensor.add(2) { message in
              for size in shape { message.add(2) { $0.add(1, number: size) } }
            }
            contents(&tensor)
          }
          value.add(9) { metadata in
            metadata.add(1) { $0.add(1, text: plugin.rawValue) }
            metadata.add(4, number: plugin.dataClass)
          }
        }
      }
    }
  }
}

/// A bin of a histogram and how many values it holds.
struct HistogramBin: Hashable {
  var left: Double
  var right: Double
  var count: Int
}

extension [HistogramBin] {
  /// Thirty bins between the smallest and the largest of the finite values; one bin where those are equal.
  init(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else {
      self = []
      return
    }
    guard low < high else {
      self = [HistogramBin(left: low - 0.5, right: high + 0.5, count: values.count)]
      return
    }
    let bins = 30
    let width = (high - low) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for value in values { counts[Swift.min(bins - 1, Int((value - low) / width))] += 1 }
    self = counts.enumerated().map { place, count in
      HistogramBin(
        left: low + Double(place) * width,
        right: place == bins - 1 ? high : low + Double(place + 1) * width, count: count)
    }
  }
}
