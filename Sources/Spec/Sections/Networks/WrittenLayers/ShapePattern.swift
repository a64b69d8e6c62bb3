import Diagnostics
import Syntax

/// The shape of an operand as the definition of a layer writes it: `[C, H, W]`.
///
/// A name stands for the size of an axis, `...` at the end for any further axes.
struct ShapePattern: Sendable, CustomStringConvertible {
  enum Axis: Sendable {
    case named(String)
    case size(Int)
  }

  private(set) var axes: [Axis] = []
  private(set) var hasRest = false

  /// nil after a diagnostic.
  init?(_ node: SpecNode, _ what: String, _ context: CheckingContext) {
    guard let items = node.items, !items.isEmpty else {
      context.error(
        "\(what) must be a list of axes, but found \(node.kindName)", at: node.span,
        hint: "write, for example, [C, H, W], or [C, ...] for any further axes")
      return nil
    }
    for (index, item) in items.enumerated() {
      guard let text = item.scalar, !item.isNull else {
        context.error("\(what) has an axis that is \(item.kindName)", at: item.span)
        return nil
      }
      if text.text == "...", index == items.count - 1 {
        hasRest = true
      } else if text.text.isIdentifier {
        axes.append(.named(text.text))
      } else if let size = Int(text.text), (1...Limits.size).contains(size) {
        axes.append(.size(size))
      } else {
        context.error(
          "\(what) has the axis '\(text.text)'", at: item.span,
          hint: "an axis is a name or a whole number; '...' stands last, for any further axes")
        return nil
      }
    }
  }

  /// The names of its axes, in order.
  var names: [String] { axes.compactMap { if case .named(let name) = $0 { name } else { nil } } }

  /// Takes the sizes of `shape` into `sizes`; `false` where the shape is another one.
  func match(_ shape: [Int], _ sizes: inout AxisSizes) -> Bool {
    guard hasRest ? shape.count >= axes.count : shape.count == axes.count else { return false }
    for (axis, size) in zip(axes, shape) {
      switch axis {
      case .size(let expected):
        guard size == expected else { return false }
      case .named(let name):
        guard sizes.named[name, default: size] == size else { return false }
        sizes.named[name] = size
      }
    }
    guard hasRest else { return true }
    let rest = Array(shape.dropFirst(axes.count))
    guard sizes.rest ?? rest == rest else { return false }
    sizes.rest = rest
    return true
  }

  var description: String {
    let list = axes.map { axis in
      switch axis {
      case .named(let name): name
      case .size(let size): String(size)
      }
    }
    return "[\((list + (hasRest ? ["..."] : [])).joined(separator: ", "))]"
  }
}

/// What the shapes of a layer's operands make of the names in its patterns.
struct AxisSizes {
  var named: [String: Int] = [:]
  /// The axes that `...` stands for.
  var rest: [Int]?
}
