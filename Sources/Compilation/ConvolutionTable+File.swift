import Console
import Data
import Diagnostics
import Execution
import Spec
import Syntax

extension ConvolutionTable {
  /// Reads the table at `path`.
  ///
  /// - Throws: a failure with every fault of it, each at its line.
  public init(path: String) throws(Failure) {
    let text = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try SpecFile.text(path, as: .table)
    }
    var faults = DiagnosticBag()
    guard let table = ConvolutionTable(SourceFile(name: path, text: text), into: &faults) else {
      throw Failure(.faultyInput, faults)
    }
    self = table
  }

  /// Tells tables apart in records of runs; comments do not count.
  package var digest: String { Digest.text(of: text) }
}
