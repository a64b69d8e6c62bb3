import Foundation
import Testing

@testable import Data

/// A folder that vanishes with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "data-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let folder = URL(filePath: file(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Foundation.Data(bytes).write(to: URL(filePath: file(name)))
    return file(name)
  }

  /// Writes a picture of one grey.
  func picture(_ name: String, _ value: UInt8, width: Int = 2, height: Int = 2) throws {
    let image = Image(width: width, height: height, channels: 3, fill: value)
    try write(try image.pngData(), name)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Foundation.Data(contentsOf: URL(filePath: file(name))))
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// Ten 2x3 images, image i holding the bytes 6i..., with labels 3, 4, 5, 0, 1, 2, 3, ...
func smallSet(count: Int = 10) -> SampleSet {
  SampleSet(
    sampleShape: [1, 2, 3], values: .bytes((0..<(6 * count)).map { UInt8($0 % 256) }),
    labels: .classes((0..<count).map { UInt32(($0 + 3) % 6) }, count: 6))
}

extension BatchSource {
  func values(_ k: Int) throws -> [Float] { try values(batch: k) }
}

/// Where a file of `Files` lies.
func fixturePath(_ name: String) -> String { Bundle.module.bundlePath + "/Files/" + name }

/// The bytes of a file of `Files`.
func fixture(_ name: String) throws -> [UInt8] {
  Array(try Foundation.Data(contentsOf: URL(filePath: fixturePath(name))))
}

extension SampleSet.Values {
  var doubles: [Double] {
    switch self {
    case .bytes(let values): values.map { Double($0) }
    case .floats(let values): values.map { Double($0) }
    }
  }
}
