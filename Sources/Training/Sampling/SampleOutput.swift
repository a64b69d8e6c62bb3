import Console
import Data
import Diagnostics
import Glibc

/// Where generated samples go.
public enum SampleOutput: Hashable, Sendable {
  /// A NumPy archive, `.npz`.
  case archive(path: String)
  /// A table like the one that the run learnt from, `.csv` or `.tsv`.
  case table(path: String)
  /// One PNG file with all of them.
  case picture(path: String)
  /// A folder with a PNG file for each; what else lies there would be taken for samples, so it is empty.
  case folder(path: String)

  /// What the ending of the path means; nothing or `/` is a folder.
  ///
  /// - Throws: a failure for any other ending, and where nothing can be written there.
  public init(_ path: String) throws(Failure) {
    self = try Failure.of(.faultyInput) { () throws(Diagnostic) in
      let output = try Self.meant(by: path)
      try output.requireRoom()
      return output
    }
  }

  /// The path as it was given.
  public var path: String {
    switch self {
    case .archive(let path), .table(let path), .picture(let path), .folder(let path): path
    }
  }

  /// Whether samples become rows of the table that the run learnt from.
  var isTable: Bool { if case .table = self { true } else { false } }

  private static func meant(by path: String) throws(Diagnostic) -> SampleOutput {
    if path.hasSuffix("/") || Folder(path).exists { return .folder(path: path) }
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.dropFirst().lastIndex(of: ".") else { return .folder(path: path) }
    switch name[dot...].lowercased() {
    case ".npz": return .archive(path: path)
    case ".csv", ".tsv": return .table(path: path)
    case ".png": return .picture(path: path)
    default:
      throw Diagnostic(
        .error, "samples are not written as \(quoted(String(name[dot...])))",
        hint: "end the name in .npz, .csv or .png, or write \(quoted(path + "/")) for a folder")
    }
  }

  private func requireRoom() throws(Diagnostic) {
    switch self {
    case .archive(let path), .table(let path), .picture(let path):
      try Folder.requireWritable(fileAt: path)
    case .folder(let path):
      guard let first = Folder(path).entries.first else { return }
      throw Diagnostic(
        .error, "the folder \(quoted(path)) is not empty: it holds \(quoted(first))",
        hint: "name a new folder, or remove what is in it")
    }
  }

  /// Makes the folder where it is missing, and sees whether it takes files.
  func prepare() throws(Diagnostic) {
    guard case .folder(let path) = self else { return }
    let folder = Folder(path)
    try folder.create()
    try folder.requireWritable()
  }
}
