import Console
import Diagnostics
import Drafting
import Spec

/// What `advas-run new` asks a person who says nothing by flags.
enum Questions {
  /// Asks for data, objective, architecture and regularizers; an empty answer takes what stands in brackets.
  ///
  /// - Throws: a failure where nobody can answer.
  static func wish(objective: String?) throws(Failure) -> Wish {
    guard Terminal.asks else {
      throw Failure(
        .faultyInput,
        DiagnosticBag([
          Diagnostic(
            .error, "a spec is about data, and --data does not say which",
            hint: "write, for example: advas-run new gan.yaml --data ring --objective wgan")
        ]))
    }
    let data = try answer("Data", among: names(.data), usual: "ring")
    let chosen =
      objective == nil ? try answer("Objective", among: names(.objectives), usual: "wgan") : nil
    var wish = Wish(data: data, objective: objective ?? chosen ?? "wgan")
    let keys = Draft.requiredKeys(ofData: data)
    if keys.contains("path") { wish.path = try answer("Folder or file of the data", usual: ".") }
    if keys.contains("shape") {
      let text = try answer("Shape of one sample", usual: "3,64,64")
      wish.shape = text.split { !$0.isNumber }.compactMap { Int($0) }
    }
    let kinds = Wish.Architecture.allCases.map(\.rawValue)
    let kind = try answer("Architecture", among: kinds + ["any"], usual: "any")
    wish.architecture = Wish.Architecture(rawValue: kind)
    let regularizers = try answer(
      "Regularizers, with spaces between, or none, or what the objective needs", usual: "needed")
    if regularizers != "needed" {
      wish.regularizers = regularizers.split(separator: " ").map(String.init)
        .filter { $0 != "none" }
    }
    return wish
  }

  private static func names(_ kind: Catalogue) -> [String] { kind.entries.map { $0.name } }

  /// Asks until the answer is one of `names`, where there are such.
  private static func answer(
    _ question: String, among names: [String] = [], usual: String
  ) throws(Failure) -> String {
    while true {
      Terminal.error.write("\(question) [\(usual)]: ")
      guard let line = readLine() else {
        throw Failure(.faultyInput, DiagnosticBag([Diagnostic(.error, "no answer came")]))
      }
      let words = line.split(separator: " ").joined(separator: " ")
      let answer = words.isEmpty ? usual : words
      if names.isEmpty || names.contains(answer) { return answer }
      let hint = didYouMean(answer, among: names) ?? "there are \(names.joined(separator: ", "))"
      Terminal.error.show(Diagnostic(.error, "there is no '\(answer)'", hint: hint))
    }
  }
}
