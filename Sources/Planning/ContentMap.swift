import TensorIR

/// What a stretch of memory holds.
enum Content: Hashable, CustomStringConvertible {
  case value(ValueID)
  /// The value of a variable from before the program ran.
  case oldValue(Int)
  /// Left over from a kernel's scratch.
  case garbage

  var description: String {
    switch self {
    case .value(let id): "%\(id.index)"
    case .oldValue(let variable): "the old value of variable \(variable)"
    case .garbage: "scratch"
    }
  }
}

/// The contents of a space of memory: disjoint stretches by ascending offset.
struct ContentMap {
  private struct Stretch {
    var range: Range<Int>
    var content: Content
    /// The element of the content that the stretch starts with.
    var start: Int
  }

  private var stretches: [Stretch] = []

  /// `true` iff nothing was ever written in `range`.
  func isVacant(_ range: Range<Int>) -> Bool { overlapping(range).isEmpty }

  /// Elements of `content`, from its element `start` on, overwrite `range`.
  mutating func write(_ content: Content, _ start: Int, _ range: Range<Int>) {
    let old = overlapping(range)
    var new: [Stretch] = []
    if let first = stretches[old].first, first.range.lowerBound < range.lowerBound {
      new.append(
        Stretch(
          range: first.range.lowerBound..<range.lowerBound, content: first.content,
          start: first.start))
    }
    new.append(Stretch(range: range, content: content, start: start))
    if let last = stretches[old].last, last.range.upperBound > range.upperBound {
      let skipped = range.upperBound - last.range.lowerBound
      new.append(
        Stretch(
          range: range.upperBound..<last.range.upperBound, content: last.content,
          start: last.start + skipped))
    }
    stretches.replaceSubrange(old, with: new)
  }

  /// What `range` holds where it is not the elements of `content` from `start` on; nil where all is
  /// as it should be.
  func firstOther(than content: Content, from start: Int, in range: Range<Int>) -> String? {
    var position = range.lowerBound
    for stretch in stretches[overlapping(range)] {
      guard stretch.range.lowerBound <= position else { return "nothing at \(position)" }
      let element = stretch.start + position - stretch.range.lowerBound
      guard stretch.content == content, element == start + position - range.lowerBound else {
        return "element \(element) of \(stretch.content) at \(position)"
      }
      position = stretch.range.upperBound
    }
    return position >= range.upperBound ? nil : "nothing at \(position)"
  }

  /// Indices of the stretches that share elements with `range`.
  private func overlapping(_ range: Range<Int>) -> Range<Int> {
    let low = stretches.partitioningIndex { $0.range.upperBound > range.lowerBound }
    let high = stretches.partitioningIndex { $0.range.lowerBound >= range.upperBound }
    return low..<max(low, high)
  }
}
