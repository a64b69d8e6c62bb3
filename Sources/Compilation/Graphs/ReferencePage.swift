import Console
import Data
import Diagnostics
import Spec
import Syntax

/// A Markdown page with generated parts: tables of the language, graphs of shipped specs, help texts.
///
///     <!-- generated: functions -->
///     <!-- generated: graph ../specs/examples/smallest.yaml generator gradient d2 -->
///
/// A graph has a spec, relative to the page, a player, a stage, and where it is cut an order of derivative, or
/// `products` for its matrix products and convolutions.
public struct ReferencePage {
  private let path: String
  /// Texts that the caller makes, by the name of their part.
  private let others: [String: String]

  public init(path: String, others: [String: String]) {
    self.path = path
    self.others = others
  }

  /// Rewrites the page where it is not up to date.
  ///
  /// - Throws: a failure where the page cannot be read or written, or has a marker that nobody knows.
  public func update() throws(Failure) {
    let old = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try SpecFile.text(path, as: .page)
    }
    var graphs = others
    for name in SpecReference.markers(of: old) where name.hasPrefix("graph ") {
      graphs[name] = try graph(name)
    }
    let (new, unknown) = SpecReference.updated(old, others: graphs)
    guard unknown.isEmpty else {
      throw Failure(
        .faultyInput,
        DiagnosticBag(
          unknown.map {
            Diagnostic(
              .error, "'\(path)' asks for '\($0)', which nothing generates",
              hint: didYouMean($0, among: SpecReference.names + others.keys))
          }))
    }
    guard new != old else { return }
    try Failure.of(.runTime) { () throws(Diagnostic) in
      do throws(FileError) {
        try AtomicFile.write(new, to: path)
      } catch { throw error.diagnostic }
    }
  }

  private func graph(_ name: String) throws(Failure) -> String? {
    let words = name.split(separator: " ").map(String.init)
    guard words.count == 4 || words.count == 5, let stage = Stage(rawValue: words[3]) else {
      return nil
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var compiler = Compiler()
    let loaded = try compiler.load(SpecInput(path: folder + words[1]))
    let compiled = try compiler.compile(checked: loaded)
    try compiled.require(owner: words[2])
    let text = compiled.text(of: stage, player: words[2], spec: loaded)
    var lines = text.split(separator: "\n")
    if words.count == 5 {
      let marks =
        words[4] == "products" ? [" = matmul ", " = convolution "] : ["  // \(words[4]) "]
      lines = lines.filter { line in marks.contains { line.contains($0) } }
    }
    return "```\n" + lines.joined(separator: "\n") + "\n```\n"
  }
}
