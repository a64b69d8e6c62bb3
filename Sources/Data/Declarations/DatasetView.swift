import Syntax

/// What a spec says about any finite set, whatever its files are: which samples, how they are kept, how they are turned.
public struct DatasetView: Hashable, Sendable {
  /// Only the first so many samples; nil for all.
  public var limit: Int?
  /// Only these classes, which become 0, 1 and so on in this order; empty for all.
  public var only: [Int] = []
  /// How often samples of each class are drawn.
  public var balance = ClassBalance.none
  /// Mirrors each image left to right with probability one half.
  public var flips = false
  /// Where decoded samples are kept.
  public enum Cache: String, CaseIterable, Hashable, Sendable {
    case memory, disk
    /// Nowhere: each is read and decoded again when it is needed.
    case none
  }

  /// Where decoded samples are kept.
  public var cache = Cache.memory
  /// Bytes that decoded samples may take, in memory or on disk.
  public var cacheSize = 4 << 30

  public init() {}

  private static let limitKey = Key.optional(
    "limit", Form<Int>.size, or: "all", "Only the first so many samples.")
  private static let onlyKey = Key(
    "only", .classNumbers, default: [],
    "Only samples of these classes, which are counted anew in this order.")
  package static let balanceKey = Key(
    "balance", .balance, default: ClassBalance.none,
    "How often each class is drawn for training: as often as it is in the set; all equally (`classes`); in these "
      + "proportions, a number for each class; or, of conditions of a table, every column equally and each of its "
      + "categories by the logarithm of how often it is there (`columns`)."
  ).known(as: "class_weights", "weights", "sampler")
  private static let flipKey = Key(
    "flip", .choice(["none", "horizontal"]), default: "none",
    "`horizontal` mirrors each image with probability one half, another half each epoch.")
  private static let cacheKey = Key(
    "cache", .choice(Cache.allCases.map { $0.rawValue }), default: "memory",
    "Where decoded samples are kept: `memory`; `disk`, for sets larger than memory (below `~/.cache/advas`); `none`, "
      + "each being read again while the step before trains.")
  private static let cacheSizeKey = Key(
    "cache_size", .bytes, default: 4 << 30,
    "The most memory, or room on disk, that decoded samples may take.")

  package static let keys: [any AnyKey] = [
    limitKey, onlyKey, balanceKey, flipKey, cacheKey, cacheSizeKey,
  ]

  /// Takes the keys of a finite set.
  package init(reading reader: inout MappingReader) {
    let values = reader.values(of: Self.keys)
    limit = values[Self.limitKey]
    only = values[Self.onlyKey]
    balance = values[Self.balanceKey]
    flips = values[Self.flipKey] == "horizontal"
    cache = Cache(rawValue: values[Self.cacheKey]) ?? .memory
    cacheSize = values[Self.cacheSizeKey]
  }
}

extension Form where Value == [Int] {
  /// Classes by number, `[0, 3]`.
  fileprivate static var classNumbers: Form {
    Form("a list of numbers", schema: .integers, text: { $0.isEmpty ? nil : describe(shape: $0) }) {
      node, what, context in
      guard let numbers = context.integers(node, what, in: 0...Limits.kernel) else { return nil }
      guard !numbers.isEmpty else {
        context.error("\(what) names no class", at: node.span, hint: "leave it out for all of them")
        return nil
      }
      guard Set(numbers).count == numbers.count else {
        context.error("\(what) names a class twice", at: node.span)
        return nil
      }
      return numbers
    }
  }
}

extension Form where Value == Int {
  /// An amount of memory, `4 GiB`.
  fileprivate static var bytes: Form {
    Form("`200 MB`, `4 GiB`", schema: .memory, text: { "\($0 >> 20) MiB" }) {
      $2.memorySize($0, $1)
    }
  }
}
