import Diagnostics
import Glibc
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
  ///
  /// `groups` tells how many neighbouring classes each column of a table has.
  init?(
    _ balance: ClassBalance, of labels: SampleLabels?, groups: [Int] = []
  ) throws(Diagnostic) {
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
    ends = Self.ends(of: try Self.weights(balance, counts, groups))
  }

  /// A weight for each class.
  private static func weights(
    _ balance: ClassBalance, _ counts: [Int], _ groups: [Int]
  ) throws(Diagnostic) -> [Double] {
    if balance == .columns { return try columnWeights(counts, groups) }
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

  /// Weights by which all columns of a table are equally often, as in CTGAN's training by sampling.
  ///
  /// Xu et al. 2019, arXiv:1907.00503, section 4.3.
  private static func columnWeights(
    _ counts: [Int], _ groups: [Int]
  ) throws(Diagnostic) -> [Double] {
    guard groups.reduce(0, +) == counts.count else {
      throw Diagnostic(
        .error, "'balance: columns' needs the conditions of a table, all of them in its order",
        hint: "write 'conditions' with the number of all categories and leave 'only' away, "
          + "or write 'balance: classes'")
    }
    var first = 0
    return groups.flatMap { size in
      let logarithms = counts[first..<(first + size)].map { log(1 + Double($0)) }
      first += size
      let total = logarithms.reduce(0, +)
      return logarithms.map { total > 0 ? $0 / total : 0 }
    }
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

  /// Replaces places of an epoch, in the order of classes, by the samples that stand there: a pure function of the
  /// streams' seed and name, of `epoch` and of the place.
  func select(
    _ places: UnsafeMutableBufferPointer<UInt32>, streams: Streams, epoch: UInt64
  ) {
    let offset = streams.offset.uniform(at: 0, step: epoch)
    // Place j is that of the first share that ends behind (j + offset) / count.
    func end(_ share: Double) -> Int {
      share < 1 ? min(count, max(0, Int((share * Double(count) - offset).rounded(.up)))) : count
    }
    for i in places.indices {
      let place = Int(places[i])
      let number = ends.partitioningIndex { end($0) > place }
      let start = number == 0 ? 0 : end(ends[number - 1])
      let members = members[starts[number]..<starts[number + 1]]
      // As often as its share has room for all, a class is shown whole; another choice of it fills the rest.
      let whole = (end(ends[number]) - start) / members.count * members.count
      let member =
        place - start < whole
        ? (place - start) % members.count
        : streams.classes[number].permuted(place - start - whole, of: members.count, epoch: epoch)
      places[i] = members[members.startIndex + member]
    }
  }

  /// What an order is drawn from.
  struct Streams {
    /// Where the first share begins.
    fileprivate let offset: RandomStream
    /// Which samples of a class are shown once more.
    fileprivate let classes: [RandomStream]

    /// The streams of `name`, which holds whatever tells this order from others.
    init(_ shares: ClassShares, seed: UInt64, name: String) {
      offset = RandomStream(seed: seed, name: name + "/shares")
      classes = shares.ends.indices.map {
        RandomStream(seed: seed, name: "\(name)/class/\($0)")
      }
    }
  }
}

extension [Double] {
  /// The first place whose element meets a condition that all behind it meet, too.
  fileprivate func partitioningIndex(_ isBehind: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
