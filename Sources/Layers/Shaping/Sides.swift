import Diagnostics
import Syntax
import TensorIR

extension Form where Value == [Int] {
  /// Rows and columns of the four sides: one number for all, or `[top, bottom, left, right]`.
  static var sides: Form {
    Form(
      "number or `[top, bottom, left, right]`", schema: .integers, text: { describe(shape: $0) }
    ) { node, what, context in
      guard let sides = context.integers(node, what, in: 0...Limits.kernel) else { return nil }
      switch sides.count {
      case 1: return [sides[0], sides[0], sides[0], sides[0]]
      case 4: return sides
      default:
        context.error("\(what) must be one number or [top, bottom, left, right]", at: node.span)
        return nil
      }
    }
  }
}

/// What is added to images, or taken from them, above, below, on the left and on the right.
struct Sides: Hashable, Sendable {
  let rows: [Int]
  let columns: [Int]

  init(_ sides: [Int]) {
    rows = Array(sides[..<2])
    columns = Array(sides[2...])
  }

  /// Before and behind along an axis of `[batch, channels, height, width]`.
  subscript(axis: Int) -> [Int] { [[0, 0], [0, 0], rows, columns][axis] }

  var low: [Int] { (0..<4).map { self[$0][0] } }
  var high: [Int] { (0..<4).map { self[$0][1] } }
}
