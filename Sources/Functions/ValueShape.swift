/// The shape of a value of an expression: whether it has the batch axis, and the axes behind it.
///
/// An axis that a reduction has left is *free*: it has one place, and stretches to the size of whatever it
/// meets. No other axis stretches, so that values align only where the text shows it.
public struct ValueShape: Hashable, Sendable {
  /// One axis behind the batch.
  public struct Axis: Hashable, Sendable {
    public var size: Int
    /// Whether it stretches; its size is 1 then.
    public var isFree: Bool

    public init(_ size: Int, isFree: Bool = false) {
      (self.size, self.isFree) = (size, isFree)
    }

    /// The one place that a reduction leaves.
    public static let free = Axis(1, isFree: true)
  }

  /// Whether there is one value for each sample.
  public var hasBatch: Bool
  public var axes: [Axis]
  /// Whether any number of free axes may follow: `channels(v)` meets `[C]` and `[C, H, W]` alike.
  public var isOpen: Bool

  public init(hasBatch: Bool, axes: [Axis], isOpen: Bool = false) {
    (self.hasBatch, self.axes, self.isOpen) = (hasBatch, axes, isOpen)
  }

  /// The shape of values whose axes all have their size.
  public init(hasBatch: Bool, _ sizes: [Int]) {
    self.init(hasBatch: hasBatch, axes: sizes.map { Axis($0) })
  }

  /// One number.
  public static let scalar = ValueShape(hasBatch: false, axes: [])

  /// Sizes of the axes behind the batch; 1 for free ones.
  public var sizes: [Int] { axes.map(\.size) }

  /// Whether an axis stretches.
  public var hasFreeAxes: Bool { isOpen || axes.contains(where: \.isFree) }

  /// Whether it is one number for each sample: `[]` or `[1]` behind the batch.
  public var isOneNumberPerSample: Bool {
    hasBatch && !hasFreeAxes && (axes.isEmpty || sizes == [1])
  }

  /// The axes that have a size of their own.
  ///
  /// Functions that multiply by a matrix look at these: `sum(w^2, along=[2, 3])` of `[out, in, k, k]` is the matrix
  /// `[out, in]`.
  public var settled: ValueShape {
    ValueShape(hasBatch: hasBatch, axes: axes.filter { !$0.isFree })
  }
}

extension ValueShape {
  /// The shape of an elementwise function of both, or nil where their elements do not pair up.
  ///
  /// A number meets anything; one number per sample meets any value per sample; a value without a batch meets one
  /// with it. Axes have equal sizes, or one of them is free.
  public static func aligned(_ a: ValueShape, _ b: ValueShape) -> ValueShape? {
    if a == b || b == .scalar { return a }
    if a == .scalar { return b }
    if a.isOneNumberPerSample, b.isOneNumberPerSample { return ValueShape(hasBatch: true, []) }
    if a.isOneNumberPerSample { return b.meetingOneNumberPerSample }
    if b.isOneNumberPerSample { return a.meetingOneNumberPerSample }
    let rank = max(a.axes.count, b.axes.count)
    guard let left = a.extended(to: rank), let right = b.extended(to: rank) else { return nil }
    var axes: [Axis] = []
    for (x, y) in zip(left, right) {
      guard x.size == y.size || x.isFree || y.isFree else { return nil }
      axes.append(x.isFree ? y : x)
    }
    return ValueShape(
      hasBatch: a.hasBatch || b.hasBatch, axes: axes, isOpen: a.isOpen && b.isOpen)
  }

  /// The shape of an elementwise function of this and of one number per sample: a bias of one number meets it, too.
  private var meetingOneNumberPerSample: ValueShape? {
    if hasBatch { return self }
    return sizes == [1] && !hasFreeAxes ? ValueShape(hasBatch: true, [1]) : nil
  }

  /// The axes with free ones behind them up to `rank`; nil where none may follow.
  private func extended(to rank: Int) -> [Axis]? {
    guard axes.count == rank || isOpen else { return nil }
    return axes + Array(repeating: .free, count: rank - axes.count)
  }
}

extension ValueShape: CustomStringConvertible {
  /// What an error calls it: `[64, 1*, 1*] without a batch`, a star at axes that stretch.
  public var description: String {
    let list = axes.map { $0.isFree ? "1*" : "\($0.size)" } + (isOpen ? ["..."] : [])
    return "[\(list.joined(separator: ", "))]" + (hasBatch ? " per sample" : " without a batch")
  }
}
