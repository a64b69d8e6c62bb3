import Data
import Metrics

/// Statistics of real samples that were computed before, below `~/.cache/advas/statistics`.
///
/// A file is named by the digest of all that its numbers depend on: the set with its contents, how many of it are
/// chosen and by what, and what they are seen through. What is damaged, or cannot be kept, is computed anew; what is read
/// has the bits of what was computed.
struct StatisticsCache {
  private let folder: String

  /// `folder` is where files are kept, by default below the user's cache.
  init(folder: String = CacheFolder.path("statistics")) { self.folder = folder }

  /// The statistics of this description, which `compute` finds by looking at the samples.
  func statistics(
    of description: String, _ compute: () -> FeatureStatistics?
  ) -> FeatureStatistics? {
    let path = "\(folder)/\(Digest.text(of: Self.format + description)).safetensors"
    if let known = read(path, description) { return known }
    guard let computed = compute() else { return nil }
    if (try? CacheFolder.make(folder)) != nil { write(computed, description, to: path) }
    return computed
  }

  private static let format = "advas statistics 1\n"

  private func read(_ path: String, _ description: String) -> FeatureStatistics? {
    guard let file = try? SafetensorsFile(path: path), file.metadata["of"] == description,
      let mean = file.tensors["mean"], let factor = file.tensors["factor"],
      mean.elementType == .float64, factor.elementType == .float64,
      mean.shape.count == 1, factor.shape.count == 2, factor.shape[1] == mean.shape[0],
      let count = file.metadata["count"].flatMap({ Int($0) }), count > 1,
      file.metadata["digest"] == Self.digest(mean, factor, count)
    else { return nil }
    return FeatureStatistics(
      count: count, mean: mean.doubles,
      factor: Matrix(rows: factor.shape[0], columns: factor.shape[1], factor.doubles))
  }

  private func write(_ statistics: FeatureStatistics, _ description: String, to path: String) {
    let (mean, factor) = statistics.kept
    let tensors = [
      "mean": TensorData(doubles: mean, shape: [mean.count]),
      "factor": TensorData(doubles: factor.values, shape: [factor.rows, factor.columns]),
    ]
    let digest = tensors["mean"].flatMap { mean in
      tensors["factor"].map { Self.digest(mean, $0, statistics.count) }
    }
    let metadata = [
      "of": description, "count": "\(statistics.count)", "digest": digest ?? "",
    ]
    try? SafetensorsFile(tensors: tensors, metadata: metadata).write(to: path)
  }

  /// The format itself has no checksum.
  private static func digest(_ mean: TensorData, _ factor: TensorData, _ count: Int) -> String {
    var digest = Digest()
    digest.combine("\(count)")
    digest.combine(mean.bytes)
    digest.combine(factor.bytes)
    return digest.text
  }
}
