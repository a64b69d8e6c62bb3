import Diagnostics
import Functions
import Syntax

extension ExpressionChecker {
  /// A reduction along named axes: `mean(v, along=[batch, height, width])`.
  ///
  /// Each axis leaves one place, which stretches to whatever it meets; the batch leaves none.
  mutating func reduce(
    _ reduction: Reduction, along list: ExpressionSyntax, _ call: BoundCall,
    _ syntax: ExpressionSyntax
  ) -> CheckedValue? {
    for label in ["over", "half"] {
      guard let other = call.labels[label] else { continue }
      return fail("'along' and '\(label)' exclude each other", at: other.range)
    }
    guard let value = check(call.positional[0]) else { return nil }
    guard var shape = value.type.shape, shape != .scalar, !shape.isOpen else {
      return fail(
        "'along' needs a value with axes, found \(value.type)", at: call.positional[0].anchor)
    }
    guard let axes = namedAxes(list, in: shape) else { return nil }
    shape.hasBatch = shape.hasBatch && !axes.batch
    for place in axes.places { shape.axes[place] = .free }
    return make(
      .reduceAlong(reduction, value.expression, axes), ValueType(shape), syntax, [value])
  }

  /// One axis or a list of them, each once.
  private mutating func namedAxes(
    _ syntax: ExpressionSyntax, in shape: ValueShape
  ) -> NamedAxes? {
    var items = [syntax]
    if case .list(let list) = syntax.form { items = list }
    var axes = NamedAxes(batch: false, places: [])
    for item in items {
      if case .name("batch") = item.form {
        guard shape.hasBatch, !axes.batch else {
          fail(
            axes.batch ? "the batch stands twice" : "\(shape) has no batch axis", at: item.range)
          return nil
        }
        axes.batch = true
        continue
      }
      guard let place = place(of: item, in: shape) else { return nil }
      guard !axes.places.contains(place) else {
        fail("an axis stands twice", at: item.range)
        return nil
      }
      axes.places.append(place)
    }
    guard axes.batch || !axes.places.isEmpty else {
      fail("'along' names no axis", at: syntax.range, hint: "write along=channel, or a list")
      return nil
    }
    axes.places.sort()
    return axes
  }

  /// The place of an axis in a sample, by its name or counted from 0.
  mutating func place(of syntax: ExpressionSyntax, in shape: ValueShape) -> Int? {
    let rank = shape.axes.count
    var place: Int?
    if case .name(let word) = syntax.form {
      switch word {
      case "last": place = rank - 1
      case "channel": place = 0
      case "height" where rank == 3: place = 1
      case "width" where rank == 3: place = 2
      case "length" where rank == 2: place = 1
      default: break
      }
    } else if case .number(let number) = syntax.form {
      place = Int(exactly: number)
    }
    if let place, (0..<rank).contains(place) { return place }
    fail(
      "\(shape) has no axis '\(text.text(in: syntax.range))'", at: syntax.range,
      hint: "axes are channel, height, width (of images), last, or places counted from 0")
    return nil
  }
}
