import ArgumentParser
import CommandEntry
import Compilation
import Console
import Data
import Diagnostics
import Drafting
import Glibc
import Inspection
import Spec
import Training

/// `advas-run new FILE`: a spec from a few choices, checked, with what it will cost.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a spec from a few choices, and say what it will cost.",
    discussion: """
      advas-run new gan.yaml --data ring --objective wgan
      advas-run new faces.yaml --data images --path faces --shape 3,64,64 \\
        --objective hinge --architecture resnet \\
        --regularizer spectral_norm --regularizer advas
      advas-run new rows.yaml --objective wgan \\
        --data '{type: npy, path: rows.npy, shape: [8]}'

      Without --data, on a terminal, it asks. Nothing is overwritten.
      """)

  @Argument(
    help: "The spec to write (default: standard output).",
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(
    help: "What 'advas-run list data' lists, or the keys of a data set in braces.",
    completion: .list(Catalogue.data.entries.map(\.name)))
  var data: String?

  @Option(help: "Folder or file of the data.", completion: .file())
  var path: String?

  @Option(help: ArgumentHelp("One sample: 3,64,64.", valueName: "extents"))
  var shape: String?

  @Option(
    help: "What 'advas-run list objectives' lists (default: wgan).",
    completion: .list(Catalogue.objectives.entries.map(\.name)))
  var objective: String?

  @Option(help: "mlp, dcgan or resnet (default: what suits the samples).")
  var architecture: Wish.Architecture?

  @Option(
    help: ArgumentHelp(
      "What 'advas-run list regularizers' lists, or none (default: what the objective needs). Repeatable.",
      valueName: "name"),
    completion: .list(Catalogue.regularizers.entries.map(\.name) + ["none"]))
  var regularizer: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Channels or units of layers.", valueName: "count"))
  var width: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples of a step.", valueName: "count"))
  var batch: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Rounds to train.", valueName: "count"))
  var rounds: Int?

  func validate() throws {
    for (name, value) in [("width", width), ("batch", batch), ("rounds", rounds)] {
      if let value, value < 1 { throw ValidationError("--\(name) has to be 1 or more.") }
    }
    if shape != nil, extents == nil {
      throw ValidationError("--shape has whole numbers from 1 with commas between: 3,64,64.")
    }
  }

  func run() throws {
    try reportingFailures { () throws(Failure) in
      if let file { try requireNew(file) }
      let draft = try draft(try wish())
      // What is wrong here is wrong with the wish: files that are not there, more memory than the machine has.
      var compiler = Compiler()
      let loaded = try compiler.load(SpecInput(text: draft.text, name: file ?? "<new>"))
      Terminal.error.show(loaded.diagnostics)
      let compiled = try compiler.compile(checked: loaded)
      try write(draft)
      var findings = compiled.findings(of: loaded.experiment)
      try RoundEstimate(compiled).add(to: &findings)
      Terminal.error.write(findings.text)
    }
  }

  private func requireNew(_ file: String) throws(Failure) {
    if access(file, F_OK) == 0 {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(.error, "'\(file)' is there already", hint: "name another file, or remove it")
        ]))
    }
    try Failure.unlessWritable(file)
  }

  private func draft(_ wish: Wish) throws(Failure) -> Draft {
    do throws(DiagnosticBag) {
      return try Draft(wish)
    } catch { throw Failure(.faultyInput, error) }
  }

  private func write(_ draft: Draft) throws(Failure) {
    guard let file else {
      Terminal.output.write(draft.text)
      return
    }
    try Failure.of(.runTime) { () throws(Diagnostic) in
      do throws(FileError) {
        try AtomicFile.write(draft.text, to: file)
      } catch { throw error.diagnostic }
    }
    Terminal.output.line("\(file): train it with: advas-run \(file)")
  }

  /// What the flags say; where they do not say which data, what a person answers.
  private func wish() throws(Failure) -> Wish {
    var wish: Wish
    if let data {
      wish = Wish(data: data, objective: objective ?? "wgan")
    } else {
      wish = try Questions.wish(objective: objective)
    }
    wish.path = path ?? wish.path
    wish.shape = extents ?? wish.shape
    wish.architecture = architecture ?? wish.architecture
    if !regularizer.isEmpty { wish.regularizers = regularizer.filter { $0 != "none" } }
    (wish.width, wish.batch, wish.rounds) = (width, batch, rounds)
    return wish
  }

  private var extents: [Int]? {
    guard let shape else { return nil }
    let parts = shape.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }.filter { $0 > 0 }
    return numbers.count == parts.count ? numbers : nil
  }
}

extension Wish.Architecture: ExpressibleByArgument {}
