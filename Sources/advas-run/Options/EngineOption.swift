import ArgumentParser
import Compilation
import Console
import Diagnostics
import Glibc
import PJRT

/// What computes the steps of a run.
struct EngineOption: ParsableArguments {
  /// Engines by name.
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case cpu, pjrt
  }

  @Option(help: "cpu (advas's own), or pjrt: XLA on the device of a plugin.")
  var engine = Name.cpu

  @Option(
    help: ArgumentHelp(
      "The plugin of pjrt, a shared library; without it the one that ADVAS_PJRT_PLUGIN names.",
      valueName: "file"), completion: .file())
  var plugin: String?

  @Option(
    parsing: .unconditional, help: "How many devices of the plugin share each batch, as replicas.")
  var devices = 1

  func validate() throws {
    guard devices >= 1 else { throw ValidationError("--devices is at least 1, not \(devices).") }
  }

  /// Makes `compiler` one for the engine.
  func apply(to compiler: inout Compiler, ranks: Bool) throws(Failure) {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      guard engine == .pjrt else {
        guard plugin == nil else {
          throw Diagnostic(
            .error, "--plugin names a plugin that nothing uses", hint: "add --engine pjrt")
        }
        guard devices == 1 else {
          throw Diagnostic(
            .error, "--devices are those of a plugin, and none is used", hint: "add --engine pjrt")
        }
        return
      }
      guard !ranks else {
        throw Diagnostic(
          .error, "--ranks and --engine pjrt do not go together",
          hint:
            "--devices 2 shares each batch among devices of one plugin"
        )
      }
      let variable = getenv("ADVAS_PJRT_PLUGIN").map { String(cString: $0) }
      guard let path = plugin ?? variable, !path.isEmpty else {
        throw Diagnostic(
          .error, "--engine pjrt needs a plugin",
          hint: "name it by --plugin or ADVAS_PJRT_PLUGIN; Docs/CLUSTER.md says where to get one")
      }
      compiler.device = PJRTDevice(plugin: path, replicas: devices)
    }
  }
}
