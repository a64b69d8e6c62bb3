import Diagnostics
import Random
import Syntax

/// The samples of each class, and which share of an epoch a class has.
///
/// An epoch has as many places as the set has samples. Shares are laid end to end over them, from an offset that is
/// drawn anew, so that a class has its share to one place and on average exactly (systematic resampling: Carpenter,
/// Clifford and Fearnhead 1999). Within its places all samples of a class are shown equally often, to one; which of
/// them once more is drawn, too.
public struct ClassShares: Sendable {
  /// Places of samples in the set, class by class, ascending within each.
  private let members: [UInt32]
  /// Where classes begin in `members`; one more at the end.
  private let starts: [Int]
  /// Where the share of each class ends, in [0, 1].
  private let ends: [Double]

  /// Shares of the classes of `labels`; nil where `balance` leaves them as they are.
  ///
  /// - Throws: a diagnostic where there are no classes, other ones, or none of a class that has a share.
  init?(_ balance: ClassBalance, of labels: SampleLabels?) throws(Diagnostic) {
    guard balance != .none else { return nil }
    guard case .classes(let classes, let width)? = labels else {
      let found = labels == nil ? "the data has none" : "its labels are vectors"
      throw Diagnostic(
        .error, "'balance' needs a class of each sample, but \(found)",
        hint: "leave 'balance' away")
    }
    var counts = [Int](repeating: 0, count: width)
    for number in classes { counts[Int(number)] += 1 }
    starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var next = starts
    var members = [UInt32](repeating: 0, count: classes.count)
    for (place, number) in classes.enumerated() {
      members[next[Int(number)]] = UInt32(place)
      next[Int(number)] += 1
    }
    self.members = members
    ends = Self.ends(of: try Self.weights(balance, counts))
  }

  /// A weight for each class.
  private static func weights(
    _ balance: ClassBalance, _ counts: [Int]
  ) throws(Diagnostic) -> [Double] {
    guard case .weights(let weights) = balance else { return counts.map { $0 > 0 ? 1 : 0 } }
    guard weights.count == counts.count else {
      throw Diagnostic(
        .error,
        "'balance' has \(weights.count) weights, but the data has \(counts.count) classes")
    }
    if let missing = weights.indices.first(where: { weights[$0] > 0 && counts[$0] == 0 }) {
      throw Diagnostic(
        .error,
        "class \(missing) has the weight \(short(weights[missing])) in 'balance', but no sample",
        hint: "give it the weight 0, or add samples")
    }
    return weights
  }

  private static func ends(of weights: [Double]) -> [Double] {
    let total = weights.reduce(0, +)
    var sum = 0.0
    let last = weights.lastIndex { $0 > 0 } ?? 0
    return weights.enumerated().map { number, weight in
      sum += weight / total
      // Shares may sum up to a little less.
      return number < last ? min(1, sum) : 1
    }
  }

  /// Number of samples in the set.
  var count: Int { members.count }

  /// Writes the order of an epoch, a pure function of the streams' seed and name and of `epoch`.
  func write(_ out: UnsafeMutableBufferPointer<UInt32>, streams: Streams, epoch: UInt64) {
    precondition(out.count == count, "not room for one epoch")
    let offset = streams.offset.uniform(at: 0, step: epoch)
    var place = 0
    for (number, share) in ends.enumerated() {
      // Place j is that of the first share that ends behind (j + offset) / count.
      let end =
        share < 1 ? min(count, max(0, Int((share * Double(count) - offset).rounded(.up)))) : count
      guard place < end else { continue }
      let range = starts[number]..<starts[number + 1]
      while end - place >= range.count {
        for member in range { out[place + member - range.lowerBound] = members[member] }
        place += range.count
      }
      guard place < end else { continue }
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: range.count) { chosen in
        streams.classes[number].permute(chosen, epoch: epoch)
        for i in place..<end { out[i] = members[range.lowerBound + Int(chosen[i - place])] }
      }
      place = end
    }
    streams.order.shuffle(out, epoch: epoch)
  }

  /// What an order is drawn from.
  struct Streams {
    let order: RandomStream
    /// Where the first share begins.
    fileprivate let offset: RandomStream
    /// Which samples of a class are shown once more.
    fileprivate let classes: [RandomStream]

    /// The streams of `name`, which holds whatever tells this order from others.
    init(_ shares: ClassShares, order: RandomStream, name: String) {
      self.order = order
      offset = RandomStream(seed: order.seed, name: name + "/shares")
      classes = shares.ends.indices.map {
        RandomStream(seed: order.seed, name: "\(name)/class/\($0)")
      }
    }
  }
}
