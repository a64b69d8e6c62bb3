import Data
import Foundation
import Spec
import TestSupport

/// The specs that ship and those of the benchmarks, but for what trains on files that only its user has.
enum CheckedSpecs {
  static let root = ShippedSpecFiles.repository

  /// Paths in the repository.
  static let names: [String] = {
    let benchmarks = ShippedSpecFiles.paths(in: "benchmarks/specs", atLeast: 7)
      .map { "benchmarks/specs/\($0)" }
    let shipped = ShippedSpecFiles.all.map { "specs/\($0)" }
    return (benchmarks + shipped).filter { !needsFilesOfOnesOwn($0) }
  }()

  /// Whether a spec trains on such files; one that no longer loads stays, so that its test fails.
  private static func needsFilesOfOnesOwn(_ name: String) -> Bool {
    let environment = ["CIFAR10": "/cifar", "IMAGES": "/photos"]
    let result = SpecLoader(environment: environment).load(path: root.appending(path: name).path)
    return result.experiment?.streams.contains { stream in
      guard case .data(let dataset, _) = stream.source else { return false }
      return dataset.definition.path.map { !FileManager.default.fileExists(atPath: $0) } ?? false
    } ?? false
  }
}
