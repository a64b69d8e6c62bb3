import Diagnostics
import Glibc

/// Keeps a run's folder to one process: two that train in it would mix their metrics and checkpoints.
///
/// It is an advisory lock on the run's log, which no other file replaces. The system gives it back when the process
/// ends, however that happens.
final class RunLock: Sendable {
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
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
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
        Terminal.error.line(
          Diagnostic(
            .warning,
            "cannot lock '\(folder.path)' (\(reason)): see to it that only one process trains there"
          ).rendered)
        return
      }
    }
  }

  deinit { close(descriptor) }
}
