import ArgumentParser
import Spec
import Training

extension Train {
  /// Prints what was asked for besides specs; `true` iff something was.
  func documents() throws -> Bool {
    if schema {
      Terminal.output.write(SpecSchema.text)
    } else if let list {
      for entry in list.entries {
        let gap = String(repeating: " ", count: max(2, 24 - entry.name.count))
        Terminal.output.line(entry.name + gap + entry.summary)
      }
    } else if let explain {
      guard let text = Catalogue.explanation(of: explain) else {
        let hint =
          Catalogue.suggestion(for: explain)
          ?? "see --list objectives, regularizers, functions, layers"
        throw ValidationError("Nothing is called '\(explain)'; \(hint)")
      }
      Terminal.output.write(text)
    } else if let reference {
      try reportingFailures { () throws(Failure) in try updateReference(reference) }
    } else {
      return false
    }
    return true
  }

  private func updateReference(_ path: String) throws(Failure) {
    let help = Train.helpMessage(columns: 100)
    try ReferencePage(path: path, others: ["help": "```\n\(help)\n```\n"]).update()
  }
}
