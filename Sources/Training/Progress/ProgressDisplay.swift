import Console
import Diagnostics
import JSON

/// Shows a run: a bar that moves in place for a person, one line per logged round for a file or a
/// pipe, lines of JSON for another program: where the run is, what `metrics.jsonl` gets, and how it ended.
package struct ProgressDisplay {
  private let terminal: Terminal
  private let writesJSON: Bool
  private let isInteractive: Bool
  private let clock = ContinuousClock()
  private var drawnAt: ContinuousClock.Instant?
  private var isBarShown = false

  /// The bar is redrawn this often at most; a faster one would cost time and be unreadable.
  private static let interval = Duration.milliseconds(100)

  package init(terminal: Terminal = .output, writesJSON: Bool = false) {
    self.terminal = terminal
    self.writesJSON = writesJSON
    isInteractive = terminal.isInteractive && !writesJSON
  }

  /// A line that stays; other programs learn of it by `tell`.
  mutating func line(_ text: String) {
    guard !writesJSON else { return }
    clear()
    terminal.line(text)
  }

  /// A warning: a line among the others for a person, beside lines of JSON a message on standard error.
  mutating func warn(_ warning: Diagnostic) {
    guard writesJSON else { return line("warning: \(warning.message)") }
    Terminal.error.show(warning)
  }

  /// What a program reads, in the place of bars and lines.
  func tell(_ value: @autoclosure () -> JSONValue) {
    if writesJSON { terminal.line(value().line) }
  }

  /// `true` iff a bar would be drawn now; making a report costs time, so ask first.
  func isDue() -> Bool {
    isInteractive && (drawnAt.map { clock.now - $0 >= Self.interval } ?? true)
  }

  /// Draws the bar, before the first round with nothing but the number of rounds.
  mutating func draw(_ report: ProgressReport) {
    guard isInteractive else { return }
    // In the last column a terminal would begin another line.
    let bar = Self.bar(report, columns: terminal.width - 1, isColoured: terminal.showsColours)
    terminal.write("\r" + bar + "\u{1B}[K")
    drawnAt = clock.now
    isBarShown = true
  }

  /// Tells another program where a run begins, and where it will end.
  func tell(_ directory: RunDirectory, _ round: Int, rounds: Int) {
    tell(directory, round, ("rounds", .integer(rounds)))
  }

  /// Tells another program where and how a run ended.
  func tell(_ directory: RunDirectory, _ round: Int, outcome: String) {
    tell(directory, round, ("outcome", .text(outcome)))
  }

  private func tell(_ directory: RunDirectory, _ round: Int, _ member: (String, JSONValue)) {
    tell(.object([("run", .text(directory.folder.path)), ("round", .integer(round)), member]))
  }

  /// A logged round: a line in a file, the bar for a person.
  mutating func log(_ report: ProgressReport) {
    guard !writesJSON else { return }
    if isInteractive { draw(report) } else { terminal.line(report.line) }
  }

  /// Takes the bar away.
  mutating func clear() {
    if isBarShown { terminal.write("\r\u{1B}[K") }
    isBarShown = false
  }

  /// ` 42% ━━━━━━──────── 8400/20000  160/s  1:12 left  discriminator -1.5 ...`, cut to so many columns; the bar itself is
  /// left out where it would leave no room.
  static func bar(_ report: ProgressReport, columns: Int, isColoured: Bool) -> String {
    let share = min(1, Double(report.round) / Double(max(1, report.rounds)))
    let percent = formatted("%3.0f%%", (share * 100).rounded(.down))
    var facts = "\(report.round)/\(report.rounds)"
    if report.roundsPerSecond > 0 { facts += "  \(report.speedText)/s" }
    if let left = report.secondsLeft { facts += "  \(clockText(seconds: left)) left" }
    guard columns >= 20 else { return beginning(of: "\(percent) \(facts)", columns: columns) }
    let length = max(8, min(30, columns / 8))
    let done = Int((share * Double(length)).rounded(.down))
    let (full, rest) = (
      String(repeating: "━", count: done), String(repeating: "─", count: length - done)
    )
    let text = beginning(
      of: "  \(facts)  \(report.compactText)", columns: columns - percent.count - 1 - length)
    guard isColoured else { return "\(percent) \(full)\(rest)\(text)" }
    return "\(percent) \u{1B}[32m\(full)\u{1B}[90m\(rest)\u{1B}[0m\(text)"
  }
}
