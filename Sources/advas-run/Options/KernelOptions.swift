import ArgumentParser
import Compilation
import Console
import Execution

/// Options about the kernels that compute a spec.
struct KernelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Choose the kernels of convolutions by this table instead of advas's own.", valueName: "file"),
    completion: .file())
  var convolutionTable: String?

  /// Makes `compiler` use the table.
  func apply(to compiler: inout Compiler) throws(Failure) {
    guard let convolutionTable else { return }
    compiler.convolutionTable = try ConvolutionTable(path: convolutionTable)
  }
}
