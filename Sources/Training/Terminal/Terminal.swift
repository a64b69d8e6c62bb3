import Glibc

/// Standard output or error, without buffers, so that lines and bars come in order and nothing is
/// lost on a kill.
public struct Terminal: Sendable {
  private let descriptor: Int32

  public static let output = Terminal(descriptor: STDOUT_FILENO)
  public static let error = Terminal(descriptor: STDERR_FILENO)

  /// Makes writes to a closed pipe (`| head`), and beyond a limit on file sizes, fail with an error
  /// that can be handled instead of ending the process.
  public static func ignoreWriteSignals() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Writes a text; `false` where nobody reads any more or the device refuses.
  @discardableResult
  public func write(_ text: String) -> Bool {
    Training.write(all: Array(text.utf8), to: descriptor)
  }

  /// Writes a text and a line break.
  @discardableResult
  public func line(_ text: String) -> Bool { write(text + "\n") }

  /// `true` iff a person watches.
  var isInteractive: Bool {
    isatty(descriptor) != 0 && Self.environment("TERM") != "dumb"
  }

  /// `true` iff colours are welcome.
  ///
  /// (<https://no-color.org>)
  var showsColours: Bool { isInteractive && (Self.environment("NO_COLOR") ?? "").isEmpty }

  /// Characters in a line; 80 where the terminal does not tell.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
