import CHDF5
import CPNG
import CSPNG
import CWebP
import CZlib

/// The libraries that read and write files of data, as they are at run time.
public enum FormatLibraries {
  /// `libpng 1.6.39, libspng 0.7.3, TurboJPEG, WebP 1.2.4, HDF5 1.10.8, zlib 1.2.13`; TurboJPEG tells no version.
  public static var text: String {
    [
      "libpng \(text(png_get_libpng_ver(nil)))", "libspng \(text(spng_version_string()))",
      "TurboJPEG", "WebP \(webP)", "HDF5 \(hdf5)", "zlib \(text(zlibVersion()))",
    ].joined(separator: ", ")
  }

  private static func text(_ words: UnsafePointer<CChar>?) -> String {
    words.map { String(cString: $0) } ?? "of no version"
  }

  /// A byte of the number for each part.
  private static var webP: String {
    let version = WebPGetDecoderVersion()
    return [version >> 16, version >> 8 & 255, version & 255].map(String.init)
      .joined(separator: ".")
  }

  private static var hdf5: String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }
}
