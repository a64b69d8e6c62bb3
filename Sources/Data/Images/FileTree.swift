import Diagnostics
import Glibc

/// The files below a folder, in an order that depends on their names alone.
struct FileTree {
  /// Paths relative to the root: folders in the order of their paths, files by name within each.
  private(set) var files: [String] = []
  /// Folders directly below the root.
  private(set) var topFolders: [String] = []
  /// Hidden names and `__MACOSX`, which are passed over.
  private(set) var hidden = 0
  private let root: String
  private var ancestors: [(device: dev_t, inode: ino_t)] = []

  /// Walks everything below `root`; links are followed, unless one leads back.
  init(root: String) throws(Diagnostic) {
    self.root = root
    try walk("")
  }

  private mutating func walk(_ folder: String) throws(Diagnostic) {
    let path = folder.isEmpty ? root : "\(root)/\(folder)"
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw FileError("cannot read", path, code: errno).diagnostic
    }
    guard !ancestors.contains(where: { $0.device == info.st_dev && $0.inode == info.st_ino }) else {
      throw Diagnostic(
        .error, "the folder \(quoted(path)) is a link that leads back to a folder around it",
        hint: "remove the link")
    }
    ancestors.append((info.st_dev, info.st_ino))
    defer { ancestors.removeLast() }
    let (names, folders) = try list(path)
    if folder.isEmpty { topFolders = folders }
    let prefix = folder.isEmpty ? "" : folder + "/"
    files += names.map { prefix + $0 }
    for name in folders { try walk(prefix + name) }
  }

  /// Files and folders in `path`, sorted by the bytes of their names.
  private mutating func list(_ path: String) throws(Diagnostic) -> ([String], [String]) {
    guard let folder = opendir(path) else {
      throw FileError("cannot read", path, code: errno).diagnostic
    }
    defer { closedir(folder) }
    var (files, folders): ([String], [String]) = ([], [])
    while true {
      // The end of a folder and a fault that keeps names back differ in this number alone.
      errno = 0
      guard let entry = readdir(folder) else {
        guard errno == 0 else { throw FileError("cannot read", path, code: errno).diagnostic }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      if name.hasPrefix(".") || name == "__MACOSX" {
        hidden += 1
        continue
      }
      var type = Int32(entry.pointee.d_type)
      if type == Int32(DT_LNK) || type == Int32(DT_UNKNOWN) {
        var info = stat()
        guard stat("\(path)/\(name)", &info) == 0 else {
          throw FileError("cannot read", "\(path)/\(name)", code: errno).diagnostic
        }
        type = info.st_mode & S_IFMT == S_IFDIR ? Int32(DT_DIR) : Int32(DT_REG)
      }
      if type == Int32(DT_DIR) { folders.append(name) } else { files.append(name) }
    }
    return (files.sorted(by: precedes), folders.sorted(by: precedes))
  }
}

/// The order of names by their bytes, which is the same under every locale.
func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

/// The order in which a tree has the files of these paths: those of a folder before those of its folders, each by name.
///
/// That of whole paths is another one: `cat-big/1.png` comes before `cat/1.png`, but the folder `cat` before `cat-big`.
func precedesInTree(_ a: String, _ b: String) -> Bool {
  let slash = UInt8(ascii: "/")
  let (a, b) = (a.utf8, b.utf8)
  var (i, j) = (a.startIndex, b.startIndex)
  while i < a.endIndex, j < b.endIndex, a[i] == b[j] {
    i = a.index(after: i)
    j = b.index(after: j)
  }
  // What is behind the part that both have.
  let (restOfA, restOfB) = (a[i...], b[j...])
  let (isFile, otherIsFile) = (!restOfA.contains(slash), !restOfB.contains(slash))
  guard isFile == otherIsFile else { return isFile }
  return restOfA.prefix { $0 != slash }.lexicographicallyPrecedes(restOfB.prefix { $0 != slash })
}

/// The ending of a name, in lower case, without its dot.
func ending(of name: String) -> String {
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
  return name[name.index(after: dot)...].lowercased()
}
