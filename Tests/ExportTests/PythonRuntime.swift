import Foundation

/// jaxlib, which compiles and runs a module of StableHLO.
enum XLA {
  /// The Python of `scripts/python-environment --jax`, where it was made.
  static let python: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    let folder = URL(filePath: environment["ADVAS_VENV"] ?? cache + "/advas/parity-venv")
    let libraries = folder.appending(path: "lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    let hasJax = versions.contains { version in
      let package = libraries.appending(path: "\(version)/site-packages/jaxlib")
      return FileManager.default.fileExists(atPath: package.path)
    }
    return hasJax ? folder.appending(path: "bin/python") : nil
  }()

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Results of the module's `main`, flat; inputs are rounded to the types that it asks for.
  static func run(_ text: String, inputs: [[Double]], shapes: [[Int]]) throws -> [[Double]] {
    guard let python else { throw Failure(description: "no Python with jaxlib") }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "advas-xla-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(text.utf8).write(to: folder.appending(path: "module.mlir"))
    let numbers = inputs.flatMap { $0 }
    try numbers.withUnsafeBytes { try Data($0).write(to: folder.appending(path: "inputs")) }
    let shapeText = try JSONEncoder().encode(shapes)
    try shapeText.write(to: folder.appending(path: "shapes.json"))

    let process = Process()
    process.executableURL = python
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "run_module.py")
    process.arguments = [script.path, folder.path]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: String(decoding: message, as: UTF8.self))
    }
    let counts = try JSONDecoder().decode(
      [Int].self, from: Data(contentsOf: folder.appending(path: "counts.json")))
    let bytes = try Data(contentsOf: folder.appending(path: "results"))
    let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    var start = 0
    return counts.map { count in
      defer { start += count }
      return Array(values[start..<start + count])
    }
  }
}
