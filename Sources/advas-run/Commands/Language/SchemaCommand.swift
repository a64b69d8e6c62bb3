import ArgumentParser
import Console
import Spec

/// `advas-run schema`: what editors need to complete and check specs.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of specs, for editors.")

  func run() { Terminal.output.write(SpecSchema.text) }
}
