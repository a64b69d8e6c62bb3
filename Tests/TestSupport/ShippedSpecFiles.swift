import Foundation

/// The specs of the repository.
///
/// Fewer than there were are a trap, as a test of every spec passes where there is none.
public enum ShippedSpecFiles {
  /// The repository's folder.
  public static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Paths below `specs/`, but for parts that others include.
  public static let all: [String] = paths(in: "specs", atLeast: 89)

  /// Paths below a folder of the repository.
  public static func paths(in folder: String, atLeast least: Int) -> [String] {
    let files = FileManager.default.enumerator(atPath: repository.appending(path: folder).path)
    let specs = (files?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("blocks/") }.sorted()
    precondition(specs.count >= least, "\(folder) has \(specs.count) specs, and had \(least)")
    return specs
  }
}
