import Diagnostics
import Glibc
import Synchronization

/// Standard output or error, without buffers, so that lines and bars come in order and nothing is
/// lost on a kill.
public struct Terminal: Sendable {
  private let descriptor: Int32

  /// Standard output.
  public static let output = Terminal(descriptor: STDOUT_FILENO)
  /// Standard error.
  public static let error = Terminal(descriptor: STDERR_FILENO)

  /// The system's error number where something that was meant for standard output is lost; 0 where all is written.
  private static let lostOutput = Atomic<Int32>(0)

  /// Looks after standard output and error for as long as the process runs; call it first.
  ///
  /// Writes to a closed pipe (`| head`), and beyond a limit on file sizes, fail with an error that can be handled
  /// instead of ending the process. Where output is lost otherwise, on a full disk for one, a command that would have
  /// been successful ends with a message and exit code 1.
  public static func guardStandardStreams() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    on_exit({ status, _ in if status == 0 { Terminal.requireWrittenOutput() } }, nil)
  }

  private static func requireWrittenOutput() {
    // What others print, such as help, goes through the C library.
    if fflush(nil) != 0 { noteLoss(errno) }
    let code = lostOutput.load(ordering: .relaxed)
    guard code != 0 else { return }
    let reason = String(cString: strerror(code))
    let fault = Diagnostic(
      .error, "cannot write to standard output: \(reason)", hint: "what was printed is not whole")
    error.show(fault)
    _exit(Failure.Kind.runTime.rawValue)
  }

  /// A reader that has seen enough is no loss.
  private static func noteLoss(_ code: Int32) {
    if code != EPIPE { lostOutput.store(code, ordering: .relaxed) }
  }

  /// Writes a text; `false` where nobody reads any more or the device refuses.
  @discardableResult
  public func write(_ text: String) -> Bool {
    if Console.write(all: Array(text.utf8), to: descriptor) { return true }
    if descriptor == STDOUT_FILENO { Self.noteLoss(errno) }
    return false
  }

  /// Writes a text and a line break.
  @discardableResult
  public func line(_ text: String) -> Bool { write(text + "\n") }

  /// `true` iff a person watches.
  package var isInteractive: Bool {
    isatty(descriptor) != 0 && Self.environment("TERM") != "dumb"
  }

  /// `true` iff a person can be asked: standard input and error are terminals.
  public static var asks: Bool { isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0 }

  /// `true` iff colours are welcome.
  ///
  /// (<https://no-color.org>)
  package var showsColours: Bool { isInteractive && (Self.environment("NO_COLOR") ?? "").isEmpty }

  /// Characters in a line; 80 where the terminal does not tell.
  package var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
