import ArgumentParser
import Execution
import Training

/// Flags about which kernels compute a spec.
struct KernelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Choose the kernels of convolutions by this table instead of advas's own.", valueName: "file")
  )
  var convolutionTable: String?

  @Option(
    help: ArgumentHelp(
      "Time every kernel on the spec's convolutions, write a table for this machine, and stop.",
      valueName: "file"))
  var autotune: String?

  /// The table that is to be used.
  func table() throws(Failure) -> ConvolutionTable {
    if let convolutionTable { return try ConvolutionTable(path: convolutionTable) }
    return .shipped
  }
}
