import Diagnostics

/// A source whose samples are files, or members of an archive, each with a header of its own.
protocol FileSource: IndexedSamples {
  /// What messages call sample `index`.
  func name(_ index: Int) -> String
  /// What the header of sample `index` says: `PNG RGB 8-bit, 32 x 32`.
  func kind(_ index: Int) throws(Diagnostic) -> String
  /// What was found beside the samples, a sentence each: hidden names, foreign files, empty folders.
  var notes: [String] { get }
}

extension PictureSource: FileSource {
  func name(_ index: Int) -> String { store.name(index) }

  func kind(_ index: Int) throws(Diagnostic) -> String {
    let info = try info(index)
    return "\(info.format) \(info.mode) \(info.depth)-bit, \(info.width) x \(info.height)"
  }

  var notes: [String] {
    var notes: [String] = []
    if store.hidden > 0 {
      notes.append("\(store.hidden) hidden names passed over (they begin with a dot, or __MACOSX)")
    }
    if let first = store.foreign.first {
      notes.append(
        "\(store.foreign.count) files that are no pictures passed over, such as \(quoted(first))")
    }
    if !store.emptyFolders.isEmpty {
      notes.append("folders without a picture: \(some(store.emptyFolders))")
    }
    return notes
  }
}

/// A few names in quotes, for messages.
func some(_ names: [String]) -> String {
  names.prefix(3).map(quoted).joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
}
