import Diagnostics

/// The first samples of a set and some random ones, as networks see them.
package enum SamplePicture {
  /// Writes the picture into `folder`; its path, or nil for samples that can be drawn neither as images, sounds nor points.
  package static func write(
    _ data: LoadedDataset, name: String, seed: UInt64, in folder: String
  ) throws(Diagnostic) -> String? {
    let path = "\(folder)/\(name).png"
    let shape = data.sampleShape
    if shape == [2] {
      let points = try batch(data, min(4000, data.count ?? 4000), .balanced, seed)
      try Image.scatter(real: points, generated: []).writePNG(to: path)
      return path
    }
    let drawing = Spectrogram(shape: shape)
    guard drawing != nil || Image.canDraw(shape) else { return nil }
    // A row of the first, and seven of random ones.
    let row = min(8, data.count ?? 8)
    let random = min(56, data.count ?? 56)
    let samples = try batch(data, row, .sequential, seed) + batch(data, random, .balanced, seed)
    let image =
      if let drawing {
        try Image.spectrograms(
          samples, count: row + random, drawing, range: data.mappedRange, columns: row)
      } else {
        try Image.sampleGrid(
          samples, count: row + random, shape: shape, range: data.mappedRange, columns: row)
      }
    try image.writePNG(to: path)
    return path
  }

  private static func batch(
    _ data: LoadedDataset, _ count: Int, _ order: BatchSource.Order, _ seed: UInt64
  ) throws(Diagnostic) -> [Float] {
    try BatchSource(
      dataset: data, batch: count, seed: seed, player: "data", shuffleKey: "data", order: order
    ).values(batch: 0)
  }
}
