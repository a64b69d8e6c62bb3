import Console
import Data
import Diagnostics
import Glibc

/// What of a run's folder can go without anything being lost but ways back: checkpoints before the newest, and what
/// processes that were killed left behind.
///
/// Spec, log, metrics, pictures and event files are records and stay.
package struct RunCleaning {
  package struct Item {
    package let name: String
    package let bytes: Int
  }

  /// The folder of the run.
  package let path: String
  package let items: [Item]
  /// Why nothing of it goes; nil where something may.
  package let reason: String?

  package var bytes: Int { items.reduce(0) { $0 + $1.bytes } }

  /// Looks at the run in `path`; the newest `keep` checkpoints stay, and in any case the newest that is whole.
  ///
  /// - Throws: a diagnostic where it is not the folder of a run.
  package init(path: String, keep: Int) throws(Diagnostic) {
    let directory = try RunDirectory(existing: path)
    self.path = directory.folder.path
    guard !RunLock.isHeld(log: directory.logPath) else {
      (items, reason) = ([], "a process trains it")
      return
    }
    let rounds = directory.checkpointRounds
    var kept = Set(rounds.suffix(max(1, keep)))
    // Who would go on from the newest must be able to; an earlier one stays where that is damaged.
    if let whole = rounds.last(where: {
      Checkpoint.isWhole(path: directory.checkpointPath(round: $0))
    }) {
      kept.formUnion(rounds.filter { $0 >= whole })
    } else {
      kept = Set(rounds)
    }
    let old = rounds.filter { !kept.contains($0) }.map { Checkpoint.fileName(round: $0) }
    let names = old + directory.folder.entries.filter { AtomicFile.isTemporary($0) }
    items = names.map { Item(name: $0, bytes: Self.size(of: directory.folder.file($0))) }
    reason = nil
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Removes what can go, while nobody trains in the folder; a file that cannot be removed stays.
  ///
  /// - Throws: a failure where a process has begun to train there.
  package func remove() throws(Failure) {
    guard !items.isEmpty else { return }
    let folder = Folder(path)
    let lock = try RunLock(log: folder.file("log.txt"), of: folder)
    withExtendedLifetime(lock) {
      for item in items where Checkpoint.round(fileName: item.name) != nil {
        folder.remove(item.name)
      }
      // A file that somebody is writing stays.
      folder.removeLeftovers()
    }
  }
}
