import Compilation
import Console
import Diagnostics
import Glibc

/// Keeps a run's folder to one process: two that train in it would mix their metrics and checkpoints.
///
/// It is an advisory lock on the run's log, which no other file replaces. The system gives it back when the process
/// ends, however that happens.
package final class RunLock: Sendable {
  private let descriptor: Int32

  /// Locks the log at `path`, which is made where it is missing.
  ///
  /// - Throws: a failure where the file cannot be opened or another process holds the lock.
  init(log path: String, of folder: Folder) throws(Failure) {
    let opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard opened >= 0 else {
      throw Failure(.runTime, DiagnosticBag([Folder.failure("write", path)]))
    }
    descriptor = opened
    var patience = 5
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      // Who asks whether the run is training holds the lock for an instant.
      case EWOULDBLOCK where patience > 0:
        patience -= 1
        usleep(20_000)
      case EWOULDBLOCK:
        throw Failure(
          .faultyInput,
          DiagnosticBag([
            Diagnostic(
              .error, "another process trains the run in '\(folder.path)'",
              hint: "wait until it ends, or stop it: its state is saved")
          ]))
      default:
        let reason = String(cString: strerror(errno))
        Terminal.error.show(
          Diagnostic(
            .warning,
            "cannot lock '\(folder.path)' (\(reason)): see to it that only one process trains there"
          ))
        return
      }
    }
  }

  deinit { close(descriptor) }

  /// `true` iff a process trains the run whose log lies at `path`; asking holds the lock for an instant.
  package static func isHeld(log path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
