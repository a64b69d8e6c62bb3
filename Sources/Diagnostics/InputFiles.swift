import Glibc
import Synchronization

/// The files that this process has read, so that no command writes over what it works from.
///
/// A name says too little: a link, `./` or an included spec is the same file by another.
package enum InputFiles {
  private struct Identity: Hashable, Sendable {
    let device: UInt
    let inode: UInt

    init(_ status: stat) {
      device = UInt(status.st_dev)
      inode = UInt(status.st_ino)
    }
  }

  private static let identities = Mutex<Set<Identity>>([])

  /// Notes a file whose status is known.
  package static func note(_ status: stat) {
    let identity = Identity(status)
    identities.withLock { _ = $0.insert(identity) }
  }

  /// Throws where the file at `path` was read before.
  package static func requireOther(_ path: String) throws(Diagnostic) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    let identity = Identity(status)
    guard identities.withLock({ $0.contains(identity) }) else { return }
    throw Diagnostic(
      .error, "cannot write \(quoted(path)): this command reads it",
      hint: "give the name of another file")
  }
}
