import Glibc
import Synchronization

/// The first SIGINT or SIGTERM asks the loop to stop at the end of its round; the second ends the
/// process at once.
public enum Interruption {
  /// A signal handler may touch nothing but a lock-free flag.
  private static let flag = Atomic<Bool>(false)

  /// `true` iff a signal has come.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Catches the signals from now on.
  public static func install() {
    flag.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.request() }
    // After the first signal the system's own handler is back.
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // A parent's threads may block signals, and their mask is inherited.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func request() {
    flag.store(true, ordering: .relaxed)
    // Either signal is the first; a second of the other kind must end the process as well.
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}
