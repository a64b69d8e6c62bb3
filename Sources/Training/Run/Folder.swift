import Compilation
import Console
import Data
import Diagnostics
import Glibc

/// A folder of the file system, by its path.
package struct Folder: Hashable, Sendable {
  package let path: String

  package init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path.isEmpty ? "." : path
  }

  /// The path of an entry.
  package func file(_ name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  /// Names of the entries, sorted; empty where the folder cannot be read.
  package var entries: [String] { FolderEntries.names(in: path) }

  /// `true` iff there is such a folder.
  package var exists: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes the folder and those that it lies in, as far as they are missing.
  func create() throws(Diagnostic) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw Diagnostic(
          .error, "cannot write into '\(path)': it is not a folder", hint: "choose another folder")
      }
      return
    }
    if let slash = path.dropFirst().lastIndex(of: "/") {
      try Folder(String(path[..<slash])).create()
    }
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw Self.failure("make the folder", path) }
  }

  /// Makes the folder unless it exists; `false` where it does.
  func createNew() throws(Diagnostic) -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    if errno == EEXIST { return false }
    throw Self.failure("make the folder", path)
  }

  /// Throws unless files can be made here: better before the training than after it.
  func requireWritable() throws(Diagnostic) {
    let probe = file(".advas.\(getpid())-0.tmp")
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("write into", path) }
    close(descriptor)
    unlink(probe)
  }

  /// What the system said when it refused to do `action` with `path`.
  static func failure(_ action: String, _ path: String) -> Diagnostic {
    let code = errno
    var fault = FileError("cannot \(action)", path, code: code)
    fault.hint = fault.hint ?? "choose another place or change its permissions"
    return fault.diagnostic
  }
}

extension Folder {
  /// Removes an entry; one that cannot be removed stays.
  func remove(_ name: String) { unlink(file(name)) }

  /// Removes what processes that were killed while they wrote a file here left behind.
  func removeLeftovers() { AtomicFile.removeLeftovers(in: path) }

  /// Throws unless a file can be written at `path`; leftovers of earlier attempts are removed from its folder.
  static func requireWritable(fileAt path: String) throws(Diagnostic) {
    do throws(FileError) {
      try AtomicFile.requireWritable(path)
    } catch { throw error.diagnostic }
    let slash = path.lastIndex(of: "/")
    Folder(slash.map { String(path[..<$0]) + "/" } ?? ".").removeLeftovers()
  }
}

extension Failure {
  /// Throws where the command has read the file at `path`, which its answer would replace.
  public static func ifRead(_ path: String) throws(Failure) {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in try InputFiles.requireOther(path) }
  }

  /// Throws unless a file can be written at `path`: better before the work that fills it than after it.
  ///
  /// The path is what the user gave, so that the fault is theirs unless the machine lacks something. Leftovers of
  /// earlier attempts are removed from its folder.
  public static func unlessWritable(_ path: String) throws(Failure) {
    try Failure.of(.faultyInput) { () throws(Diagnostic) in
      try Folder.requireWritable(fileAt: path)
    }
  }
}
