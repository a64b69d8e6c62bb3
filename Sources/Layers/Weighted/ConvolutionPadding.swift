import Diagnostics
import Syntax

/// Zeros around the operand of a convolution.
enum ConvolutionPadding: Hashable, Sendable {
  /// As many above as below, and on the left as on the right: rows, columns.
  case zeros([Int])
  /// As many as let the result have ⌈size/stride⌉ places, the odd one below and on the right: TensorFlow's SAME.
  case same

  /// Zeros before and behind along an axis of `size`, where the filter has `stride` and sees `reach` elements.
  func sides(axis: Int, size: Int, reach: Int, stride: Int) -> (low: Int, high: Int) {
    switch self {
    case .zeros(let zeros): return (zeros[axis], zeros[axis])
    case .same:
      let places = (size + stride - 1) / stride
      let total = max(0, (places - 1) * stride + reach - size)
      return (total / 2, total - total / 2)
    }
  }
}

extension Form where Value == ConvolutionPadding {
  /// A number, `[height, width]`, or `same`.
  static func zeros(upTo most: Int) -> Form {
    let numbers = Form<[Int]>.padding(upTo: most)
    return Form(
      "number, `[height, width]` or `same`", schema: .either([.integers, .choice(["same"])]),
      text: {
        switch $0 {
        case .zeros(let zeros): numbers.text(zeros)
        case .same: "same"
        }
      },
      read: { node, what, context in
        if node.scalar?.text == "same" { return .same }
        return numbers.read(node, what, context).map { .zeros($0) }
      })
  }
}
