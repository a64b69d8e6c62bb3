import COneDNN
import COpenBLAS

/// The libraries that compute, as they are at run time: another version may round differently.
public enum LibraryVersions {
  /// `OpenBLAS 0.3.21 SkylakeX, oneDNN 2.6.3`.
  public static var text: String {
    // The rest of OpenBLAS's own words is how it was built, not what it computes.
    let words = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
    let blas = words.split(separator: " ").filter { word in
      word.first?.isNumber ?? false || word == "OpenBLAS"
        || !word.contains("_") && !word.contains("=")
    }
    var version: [Int32] = [0, 0, 0]
    od_version(&version)
    let dnnl = version.map(String.init).joined(separator: ".")
    return blas.joined(separator: " ") + (version[0] > 0 ? ", oneDNN \(dnnl)" : ", no oneDNN")
  }
}
