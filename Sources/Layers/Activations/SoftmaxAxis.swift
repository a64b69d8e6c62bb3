import Syntax
import TensorIR

/// Along which axis a layer takes all values together.
struct SoftmaxAxis: Hashable, Sendable {
  private static let words = ["channel", "height", "width", "last"]

  static let along = Key.optional(
    "along", .choice(words), or: "the only axis", "The axis whose values sum to 1."
  ).known(as: "dim", "axis")

  private let word: String?

  init(_ values: KeyValues) { word = values[Self.along] }

  /// - Throws: where the operand has no such axis, or several and none is named.
  func check(_ shape: [Int], _ layer: String) throws(ShapeFault) {
    guard let word else {
      guard shape.count == 1 else {
        throw ShapeFault(
          "'\(layer)' of \(describe(shape: shape)) needs 'along'",
          hint: "write along: channel, or another axis")
      }
      return
    }
    guard place(in: shape.count) != nil else {
      throw ShapeFault(
        "'\(layer)' finds no axis '\(word)' in its operand \(describe(shape: shape))")
    }
  }

  /// The axis of a sample; nil where it has none of that name.
  private func place(in count: Int) -> Int? {
    switch word {
    case "height": count == 3 ? 1 : nil
    case "width": count == 3 ? 2 : nil
    case "channel": 0
    default: count - 1
    }
  }

  /// The axis of a tensor whose first axis is the batch; `check` has let its samples' shape pass.
  func axis(of x: Tensor) -> Int { 1 + (place(in: x.shape.rank - 1) ?? 0) }
}
