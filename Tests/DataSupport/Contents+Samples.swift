import Data

/// There is a distribution where a test needs samples by index.
public struct NotASet: Error {}

extension LoadedDataset.Contents {
  /// The samples by index.
  ///
  /// - Throws: `NotASet` for a distribution: a test that only returned would pass.
  public var samples: any IndexedSamples {
    get throws {
      guard case .finite(let source) = self else { throw NotASet() }
      return source
    }
  }
}
