import CBuild
import Data
import Diagnostics
import Execution
import Syntax

/// Which advas this is.
public enum ProductVersion {
  /// As the changelog has it; the scripts that make packages read it here.
  public static let number = "0.2.0"

  /// What `--version` prints: all that the bytes of a run depend on but the spec and its data.
  public static var text: String {
    let commit = String(cString: cb_commit())
    return """
      advas \(number)\(commit.isEmpty ? ", a build of one's own" : ", commit \(commit)")
      kernels: \(InstructionSet.best.text)
      libraries: \(LibraryVersions.text), \(YAMLLibrary.text), \(FormatLibraries.text)
      """
  }

  /// What is wrong with the environment variable that limits the kernels, where something is.
  public static var faultOfLimit: Diagnostic? {
    guard !InstructionSet.isLimitKnown else { return nil }
    let names = InstructionSet.allCases.map { "\($0)" }.joined(separator: ", ")
    return Diagnostic(
      .error, "the environment variable \(InstructionSet.limitVariable) names no instruction set",
      hint: "set it to one of \(names), or unset it")
  }
}

extension InstructionSet {
  fileprivate var text: String {
    switch self {
    case .baseline: "of any processor"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }
}
