import Glibc

extension AtomicFile {
  /// Removes from a folder what processes that were killed while they wrote there left behind.
  ///
  /// A file that is being written is locked by its writer, and stays.
  public static func removeLeftovers(in folder: String) {
    for entry in FolderEntries.names(in: folder) where isTemporary(entry) {
      let path = "\(folder)/\(entry)"
      let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// `true` iff `makeTemporary` makes such names: `.fakes000010.png.4711-0.tmp`.
  public static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), name.hasSuffix(".tmp") else { return false }
    let parts = name.dropFirst().dropLast(".tmp".count).split(
      separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let numbers = parts.last?.split(separator: "-"), numbers.count == 2
    else { return false }
    return numbers.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }
}
