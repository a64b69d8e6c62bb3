import Console
import Diagnostics
import Glibc
import JSON
import Synchronization

/// The first signal that asks the process to end asks the loop to stop at the end of its round; after it SIGINT, SIGTERM
/// or SIGQUIT ends the process at once.
///
/// These are SIGINT, SIGTERM, SIGQUIT, SIGHUP of a terminal that is gone, unless `nohup` has it ignored, and SIGXCPU at
/// the limit on processor time, which the system repeats every second from then on.
public enum Interruption {
  /// Those that ask a run of one process to end.
  public static let signals: Set<Int32> = [SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGXCPU]

  /// A signal handler may touch nothing but lock-free numbers.
  private static let flag = Atomic<Bool>(false)
  /// The address of what is said when a signal has come, a C string; 0 where another rank says it.
  private static let answerAddress = Atomic<UInt>(0)

  /// `true` iff a signal has come.
  public static var isRequested: Bool { flag.load(ordering: .relaxed) }

  /// Catches the signals from now on; one that has come before is not forgotten.
  ///
  /// One of many ranks also ends at SIGUSR1, which `mpirun` hands on and after which, unlike after the others, it lets
  /// ranks take their time.
  public static func install(isOneOfMany: Bool = false, isSilent silent: Bool = false) {
    guard !isRequested else { return }
    // Made once, since a handler may read it at any time, and make nothing itself.
    if !silent, answerAddress.load(ordering: .relaxed) == 0 {
      answerAddress.store(UInt(bitPattern: strdup(answer)), ordering: .relaxed)
    }
    if isOneOfMany { catchSignal(SIGUSR1) }
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
    say()
    // Any of them is the first; a second of another kind must end the process as well. A terminal that is gone, though,
    // often sends SIGHUP more than once, and that is no wish to lose the state.
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    signal(SIGQUIT, SIG_DFL)
  }

  /// What is said to a person, or to another program.
  private static var answer: String {
    let message =
      "interrupted; the state is saved when this round is done (again: stop now, without saving)"
    // On a terminal there may be a bar in the line.
    let clear = isatty(STDERR_FILENO) != 0 ? "\r\u{1B}[K" : ""
    let line =
      Terminal.writesJSON
      ? DiagnosticBag([Diagnostic(.note, message)]).jsonLines : "advas-run: " + message
    return clear + line + "\n"
  }

  /// Says at once that the signal has come: a round may take half a minute.
  private static func say() {
    let address = answerAddress.load(ordering: .relaxed)
    guard let text = UnsafePointer<CChar>(bitPattern: address) else { return }
    let error = errno
    _ = Glibc.write(STDERR_FILENO, text, strlen(text))
    errno = error
  }
}
