import Syntax

/// How a picture of any size and kind becomes a sample.
public struct PictureOptions: Hashable, Sendable {
  /// What becomes of transparency.
  public enum Alpha: Hashable, Sendable {
    case drop
    case keep
    /// Laid over this colour.
    case over([Int])
  }

  /// What becomes of a picture of another size.
  public enum Fit: String, CaseIterable, Hashable, Sendable {
    /// The largest part of the right proportions, from the middle.
    case crop
    /// All of it, with a margin.
    case pad
    case stretch
  }

  /// Channels, height and width.
  public var shape: [Int]
  /// nil where pictures with alpha are refused.
  public var alpha: Alpha?
  /// nil where other sizes are refused.
  public var fit: Fit?
  /// What pictures are resized with.
  public var filter = ResamplingFilter.lanczos

  public init(shape: [Int], alpha: Alpha? = nil, fit: Fit? = nil) {
    self.shape = shape
    self.alpha = alpha
    self.fit = fit
  }

  private static let alphaKey = Key.optional(
    "alpha", .alpha, or: "refused",
    "What becomes of transparency: `drop`, `keep` (2 or 4 channels) or `{over: [255, 255, 255]}`.")
  private static let fitKey = Key.optional(
    "fit", Form<String>.choice(Fit.allCases.map(\.rawValue)), or: "refused",
    "What becomes of pictures of another size: the middle is cut out, a margin is added, or they are stretched."
  )
  private static let filterKey = Key(
    "filter", .choice(ResamplingFilter.allCases.map(\.rawValue)), default: "lanczos",
    "The filter that `fit` resizes with, antialiased, as Pillow's.")

  static let keys: [any AnyKey] = [DataKeys.shape, alphaKey, fitKey, filterKey]

  init(_ values: KeyValues) {
    shape = values[DataKeys.shape]
    alpha = values[Self.alphaKey]
    fit = values[Self.fitKey].flatMap(Fit.init)
    filter = ResamplingFilter(rawValue: values[Self.filterKey]) ?? .lanczos
  }
}

extension Form where Value == PictureOptions.Alpha {
  fileprivate static var alpha: Form {
    Form(
      "`drop`, `keep` or `{over: [r, g, b]}`", schema: .any,
      text: { alpha in
        switch alpha {
        case .drop: "drop"
        case .keep: "keep"
        case .over(let colour): "{over: \(describe(shape: colour))}"
        }
      }
    ) { node, title, context in
      guard let entries = node.entries else {
        let word = context.choice(node, title, among: ["drop", "keep"])
        return word.map { $0 == "keep" ? .keep : .drop }
      }
      guard entries.count == 1, entries[0].key.text == "over" else {
        context.error("\(title) must be drop, keep or {over: [r, g, b]}", at: node.span)
        return nil
      }
      guard let colour = context.integers(entries[0].value, title, in: 0...255) else { return nil }
      guard colour.count == 3 || colour.count == 1 else {
        context.error("the colour of \(title) must be [r, g, b]", at: entries[0].value.span)
        return nil
      }
      return .over(colour.count == 1 ? [colour[0], colour[0], colour[0]] : colour)
    }
  }
}
