import Console
import Glibc
import Synchronization

/// The first signal that asks the process to end asks the loop to stop at the end of its round; after it SIGINT, SIGTERM
/// or SIGQUIT ends the process at once.
///
/// These are SIGINT, SIGTERM, SIGQUIT, SIGHUP of a terminal that is gone, unless `nohup` has it ignored, and SIGXCPU at
/// the limit on processor time, which the system repeats every second from then on.
public enum Interruption {
  /// A signal handler may touch nothing but lock-free flags.
  private static let flag = Atomic<Bool>(false)
  private static let isTerminal = Atomic<Bool>(false)
  private static let writesJSON = Atomic<Bool>(false)
  /// Another rank says it.
  private static let isSilent = Atomic<Bool>(false)

  /// `true` iff a signal has come.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Catches the signals from now on; one that has come before is not forgotten.
  ///
  /// One of many ranks also ends at SIGUSR1, which `mpirun` hands on and after which, unlike after the others, it lets
  /// ranks take their time.
  public static func install(isOneOfMany: Bool = false, isSilent silent: Bool = false) {
    guard !isRequested else { return }
    isSilent.store(silent, ordering: .relaxed)
    if isOneOfMany { catchSignal(SIGUSR1) }
    isTerminal.store(isatty(STDERR_FILENO) != 0, ordering: .relaxed)
    writesJSON.store(Terminal.writesJSON, ordering: .relaxed)
    // After the first of these the system's own handler is back.
    catchSignal(SIGINT, flags: SA_RESETHAND)
    catchSignal(SIGTERM, flags: SA_RESETHAND)
    catchSignal(SIGQUIT, flags: SA_RESETHAND)
    catchSignal(SIGXCPU)
    if !isIgnored(SIGHUP) { catchSignal(SIGHUP) }
  }

  private static func catchSignal(_ number: Int32, flags: UInt32 = 0) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in Interruption.request() }
    action.sa_flags = Int32(bitPattern: flags)
    sigaction(number, &action, nil)
    unblock(number)
  }

  /// Lets signals end the process at once: for commands that have nothing to save.
  public static func endAtOnce() {
    for number in [SIGINT, SIGTERM, SIGQUIT, SIGHUP] { unblock(number) }
  }

  /// A parent's threads may block signals, and their mask is inherited.
  private static func unblock(_ number: Int32) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, number)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Runs as a signal handler, so it calls nothing that could wait for a lock.
  private static func request() {
    guard !flag.exchange(true, ordering: .relaxed) else { return }
    answer()
    // Any of them is the first; a second of another kind must end the process as well. A terminal that is gone, though,
    // often sends SIGHUP more than once, and that is no wish to lose the state.
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    signal(SIGQUIT, SIG_DFL)
  }

  /// Says at once that the signal has come: a round may take half a minute.
  private static func answer() {
    guard !isSilent.load(ordering: .relaxed) else { return }
    let error = errno
    let text: StaticString =
      writesJSON.load(ordering: .relaxed)
      ? "{\"level\":\"note\",\"message\":\"interrupted; the state is saved when this round is done (again: stop now, without saving)\"}\n"
      : "advas-run: interrupted; the state is saved when this round is done (again: stop now, without saving)\n"
    // On a terminal there may be a bar in the line.
    let clear: StaticString = "\r\u{1B}[K"
    if isTerminal.load(ordering: .relaxed) {
      _ = Glibc.write(STDERR_FILENO, clear.utf8Start, clear.utf8CodeUnitCount)
    }
    _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    errno = error
  }
}
