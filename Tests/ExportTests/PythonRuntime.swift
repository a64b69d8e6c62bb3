import Foundation

/// A program of Python that runs exported files: jaxlib for StableHLO, onnxruntime for ONNX.
struct PythonRuntime {
  static let xla = PythonRuntime(script: "run_module.py", model: "module.mlir", package: "jaxlib")
  static let onnx = PythonRuntime(
    script: "run_onnx.py", model: "model.onnx", package: "onnxruntime")

  /// Beside this file.
  let script: String
  /// What it calls the file that it runs.
  let model: String
  /// What it needs.
  let package: String

  /// The Python of `scripts/python-environment` with the package, where it was made.
  var python: URL? {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    let folder = URL(filePath: environment["ADVAS_VENV"] ?? cache + "/advas/parity-venv")
    let libraries = folder.appending(path: "lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    let hasPackage = versions.contains { version in
      let place = libraries.appending(path: "\(version)/site-packages/\(package)")
      return FileManager.default.fileExists(atPath: place.path)
    }
    return hasPackage ? folder.appending(path: "bin/python") : nil
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Results of the file's only function, flat; inputs are rounded to the types that it asks for.
  func run(_ content: Data, inputs: [[Double]], shapes: [[Int]]) throws -> [[Double]] {
    guard let python else { throw Failure(description: "no Python with \(package)") }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "advas-export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try content.write(to: folder.appending(path: model))
    let numbers = inputs.flatMap { $0 }
    try numbers.withUnsafeBytes { try Data($0).write(to: folder.appending(path: "inputs")) }
    let shapeText = try JSONEncoder().encode(shapes)
    try shapeText.write(to: folder.appending(path: "shapes.json"))

    let process = Process()
    process.executableURL = python
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: script)
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
