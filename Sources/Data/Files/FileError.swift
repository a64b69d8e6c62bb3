import Diagnostics
import Glibc

/// A file that could not be read or written: which, why, and what to do about it.
public struct FileError: Error, Hashable, Sendable {
  /// The path as the caller gave it.
  public var path: String
  /// What went wrong, in one line, lower case, with the path in it.
  public var message: String
  /// How to mend it, where that is known.
  public var hint: String?
  /// The system's error number, 0 where the fault is not the system's.
  public var code: Int32

  public init(path: String, message: String, hint: String? = nil, code: Int32 = 0) {
    self.path = path
    self.message = message
    self.hint = hint
    self.code = code
  }

  /// The fault of a system call that set `errno` to `code` while doing `action` ("cannot write").
  package init(_ action: String, _ path: String, code: Int32) {
    let (reason, hint) = Self.explain(code)
    self.init(path: path, message: "\(action) \(quoted(path)): \(reason)", hint: hint, code: code)
  }

  /// The same as a message for the user.
  public var diagnostic: Diagnostic {
    var diagnostic = Diagnostic(.error, message, hint: hint)
    diagnostic.isOfMachine = Self.codesOfMachines.contains(code)
    return diagnostic
  }

  /// What no change of a spec or of its data mends.
  private static let codesOfMachines = [ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, EIO]

  private static func explain(_ code: Int32) -> (reason: String, hint: String?) {
    switch code {
    case ENOENT: ("there is no such file or folder", "check the path; relative ones start here")
    case EACCES, EPERM: ("permission denied", "change its permissions or choose another place")
    case EROFS: ("the file system is read-only", "choose another place")
    case ENOSPC: ("the disk is full", "free some space; what was there before is unharmed")
    case EDQUOT:
      ("your disk quota is used up", "free some space; what was there before is unharmed")
    case EFBIG: ("the file would exceed the size limit", "raise it (ulimit -f)")
    case EISDIR: ("it is a folder", "give the name of a file")
    case ENOTDIR: ("a part of the path is not a folder", "check the path")
    case ENAMETOOLONG: ("the name is too long", "choose a shorter one")
    case ELOOP: ("its symbolic links go in a circle", "check the links")
    case EMFILE, ENFILE: ("too many files are open", "raise the limit (ulimit -n)")
    case EIO: ("the device reports an input or output error", "check the disk")
    default: (String(cString: strerror(code)), nil)
    }
  }
}
