import Diagnostics

/// A file of a network's first weights, and what its names mean.
public struct WeightFile: Hashable, Sendable {
  /// A safetensors file.
  public var path: String
  /// In order; the first whose pattern fits a name of the file counts.
  public var renames: [Rename]
  /// Names of the file, as renamed, that belong to nothing.
  public var ignored: [NamePattern]
  /// The network's names that the file may lack.
  public var missing: [NamePattern]
  /// Whether the spec has a mapping of keys for it, not a path alone.
  public var isMapping: Bool
  /// Where the spec names the file.
  public var span: SourceSpan

  /// What some names of the file become.
  public struct Rename: Hashable, Sendable {
    /// The names that are meant.
    public var pattern: NamePattern
    /// What they become; a `*` in it is what stood for the one of the pattern in the same place.
    public var replacement: String

    public init(_ pattern: NamePattern, to replacement: String) {
      self.pattern = pattern
      self.replacement = replacement
    }
  }

  public init(
    path: String, renames: [Rename] = [], ignored: [NamePattern] = [],
    missing: [NamePattern] = [], isMapping: Bool, span: SourceSpan
  ) {
    (self.path, self.renames, self.ignored) = (path, renames, ignored)
    (self.missing, self.isMapping, self.span) = (missing, isMapping, span)
  }

  /// What a name of the file means.
  public func renamed(_ name: String) -> String {
    for rename in renames {
      guard let texts = rename.pattern.texts(in: name) else { continue }
      let parts = NamePattern(rename.replacement).parts
      return zip(texts, parts.dropFirst()).reduce(parts[0]) { $0 + $1.0 + $1.1 }
    }
    return name
  }
}

/// A name in which each `*` stands for any text, as little of it as fits.
public struct NamePattern: Hashable, Sendable {
  /// What stands between the stars, one more than there are of them.
  let parts: [String]

  public init(_ text: String) {
    parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  /// How many `*` it has.
  public var starCount: Int { parts.count - 1 }

  /// Whether it is what a name looks like.
  public func fits(_ name: String) -> Bool { texts(in: name) != nil }

  /// What stands for each star in a name; nil where the name does not fit.
  func texts(in name: String) -> [String]? {
    guard name.hasPrefix(parts[0]) else { return nil }
    return Self.texts(of: parts.dropFirst(), in: name.dropFirst(parts[0].count))
  }

  /// Texts of stars each of which comes before one of `parts`.
  private static func texts(of parts: ArraySlice<String>, in text: Substring) -> [String]? {
    guard let part = parts.first else { return text.isEmpty ? [] : nil }
    if parts.count == 1 {
      return text.hasSuffix(part) ? [String(text.dropLast(part.count))] : nil
    }
    var place = text.startIndex
    while true {
      if text[place...].hasPrefix(part) {
        // Where the rest does not fit behind the first place, it fits behind none: a star comes before it.
        return texts(of: parts.dropFirst(), in: text[place...].dropFirst(part.count))
          .map { [String(text[..<place])] + $0 }
      }
      guard place < text.endIndex else { return nil }
      place = text.index(after: place)
    }
  }
}
