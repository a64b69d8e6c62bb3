import Compilation
import Console
import Data
import Diagnostics
import Execution
import Planning
import TensorIR

/// The folder of one run, `runs/00003-ring-wgan-gp/`, and what lies in it.
struct RunDirectory {
  let folder: Folder

  var specPath: String { folder.file("spec.yaml") }
  /// The kernels of convolutions that the run was started with.
  var convolutionTablePath: String { folder.file("convolutions.table") }
  var metricsPath: String { folder.file("metrics.jsonl") }
  var logPath: String { folder.file("log.txt") }
  var realsPath: String { folder.file("reals.png") }
  func fakesPath(round: Int) -> String { folder.file("fakes\(padded(round)).png") }
  func neighboursPath(round: Int) -> String { folder.file("neighbours\(padded(round)).png") }
  func checkpointPath(round: Int) -> String { folder.file(Checkpoint.fileName(round: round)) }

  /// The folder of an existing run.
  init(existing path: String) throws(Diagnostic) {
    folder = Folder(path)
    guard folder.entries.contains("spec.yaml") else {
      throw Diagnostic(
        .error, "'\(path)' is not the folder of a run: it has no spec.yaml",
        hint: "name a folder such as runs/00000-\(Self.slug("ring"))")
    }
  }

  /// The folder of a run and the checkpoint in it, of a path that names either.
  static func parts(of path: String) -> (folder: String, checkpoint: String?) {
    guard path.hasSuffix(".safetensors") else { return (path, nil) }
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (String(path[..<slash]), path)
  }

  /// Makes the next free `NNNNN-<name>` in `parent`; writability shows here, before anything is
  /// computed.
  init(new name: String, in parent: String) throws(Diagnostic) {
    let parent = Folder(parent)
    try parent.create()
    let last = parent.entries.compactMap { entry -> Int? in
      let digits = entry.prefix { $0.isASCII && $0.isNumber }
      // A number that no run can have been given, a date and time for example, is none.
      return (5...12).contains(digits.count) ? Int(digits) : nil
    }.max()
    var number = (last ?? -1) + 1
    while true {
      let candidate = Folder(parent.file(Self.entry(number, name)))
      // Another run may have taken the number in between.
      if try candidate.createNew() {
        folder = candidate
        return
      }
      number += 1
    }
  }

  /// What a run's folder is called.
  static func entry(_ number: Int, _ name: String) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits + "-" + slug(name)
  }

  /// The name with everything that is awkward in a path replaced.
  private static func slug(_ name: String) -> String {
    let characters = name.unicodeScalars.map { scalar -> Character in
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isPlain || "-_.".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
    }
    return String(characters.prefix(80))
  }

  /// Writes the resolved spec and the table of kernels, from which the run can be repeated and resumed.
  func write(spec: String, _ table: ConvolutionTable) throws(Diagnostic) {
    do throws(FileError) {
      try AtomicFile.write(spec, to: specPath)
      try AtomicFile.write(table.text, to: convolutionTablePath)
    } catch { throw error.diagnostic }
  }

  /// The table that the run was started with; nil for one of an advas that wrote none.
  ///
  /// - Throws: a failure where it is damaged.
  func convolutionTable() throws(Failure) -> ConvolutionTable? {
    guard folder.entries.contains("convolutions.table") else { return nil }
    return try ConvolutionTable(path: convolutionTablePath)
  }

  /// Rounds of the checkpoints that are there, oldest first.
  var checkpointRounds: [Int] {
    folder.entries.compactMap { Checkpoint.round(fileName: $0) }.sorted()
  }
}

// MARK: - Checkpoints

extension RunDirectory {
  /// Writes a checkpoint and then, and only then, removes those beyond the newest `keep`.
  func write(_ checkpoint: Checkpoint, layout: StateLayout, keep: Int) throws(Diagnostic) {
    let round = checkpoint.snapshot.round
    try checkpoint.write(to: checkpointPath(round: round), layout: layout)
    for old in checkpointRounds.filter({ $0 != round }).dropLast(max(0, keep - 1)) {
      folder.remove(Checkpoint.fileName(round: old))
    }
  }
}
