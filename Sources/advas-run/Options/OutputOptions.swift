import ArgumentParser
import Console

/// How what a command found is printed.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one line of JSON.")
  var json = false

  func write(_ findings: Findings) {
    Terminal.output.write(json ? findings.json : findings.text)
  }
}
