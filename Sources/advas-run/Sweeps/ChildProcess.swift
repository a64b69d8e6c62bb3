import Diagnostics
import Glibc

/// This program once more, with other arguments: its output goes nowhere, its messages are kept.
final class ChildProcess {
  enum End {
    case exit(Int32)
    case signal(Int32)

    var text: String {
      switch self {
      case .exit(let code): "exit code \(code)"
      case .signal(let number): "ended by signal \(number), \(String(cString: strsignal(number)))"
      }
    }
  }

  private let id: pid_t
  private let messages: UnsafeMutablePointer<FILE>

  init(arguments: [String]) throws(Diagnostic) {
    // It has no name, and goes with the last process that has it open.
    guard let messages = tmpfile() else { throw Self.failure(errno) }
    self.messages = messages
    // Those that are started beside it have no business with it.
    _ = fcntl(fileno(messages), F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, fileno(messages), STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own: Ctrl-C reaches this process alone, which passes it on once. A second one would end the run
    // without saving.
    posix_spawnattr_setpgroup(&attributes, 0)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGHUP)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    var words = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var id = pid_t()
    // Where a parent has this ignored, the system forgets how a process ended before anybody has asked.
    signal(SIGCHLD, SIG_DFL)
    let code = posix_spawn(&id, "/proc/self/exe", &actions, &attributes, &words, environ)
    self.id = id
    if code != 0 { throw Self.failure(code) }
  }

  deinit { fclose(messages) }

  private static func failure(_ code: Int32) -> Diagnostic {
    Diagnostic(.error, "cannot start a process: \(String(cString: strerror(code)))")
  }

  /// Asks the process to save its state and end.
  ///
  /// By SIGHUP, which does no harm where a scheduler has sent its own signal to all processes before.
  func interrupt() { kill(id, SIGHUP) }

  /// How the process ended; nil while it runs.
  func poll() -> End? {
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
  }

  /// What the process wrote to standard error.
  var errorText: String {
    rewind(messages)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, messages)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
