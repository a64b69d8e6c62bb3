import Data
import Diagnostics
import JSON

extension RunSamples {
  /// Writes `000000.png` and so on and, where samples have classes, `dataset.json`.
  ///
  /// A folder that `type: images` reads. Sounds are WAV files, which `type: wav` reads.
  ///
  /// - Throws: a fault of the system; the folder is then empty again.
  func writePictures(to folder: Folder) throws(Diagnostic) {
    let size = shape.reduce(1, *)
    var written = 0
    do throws(Diagnostic) {
      while written < count {
        let values = try next()
        for index in 0..<(values.count / size) {
          guard let bytes = try file(of: index, values) else { return }
          try write(bytes, to: folder.file(name(of: written)))
          written += 1
        }
      }
      try writeClasses(to: folder.file("dataset.json"))
    } catch {
      for index in 0..<written { folder.remove(name(of: index)) }
      throw error
    }
  }

  private func name(of index: Int) -> String {
    "\(padded(index)).\(pictures?.soundRange == nil ? "png" : "wav")"
  }

  /// The file of one of `values`; nil for samples that are neither pictures nor sounds.
  private func file(of index: Int, _ values: [Float]) throws(Diagnostic) -> [UInt8]? {
    if let range = pictures?.soundRange {
      let size = shape.reduce(1, *)
      return Sound.wavFile(values[(index * size)..<((index + 1) * size)], range: range)
    }
    guard let (shape, range) = pictures?.imageFormat else { return nil }
    return try Image.sample(index, of: values, shape: shape, range: range).pngData()
  }

  private func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    do throws(FileError) {
      try NewFile.write(bytes, to: path)
    } catch { throw error.diagnostic }
  }

  /// Labels in the form of StyleGAN2-ADA.
  private func writeClasses(to path: String) throws(Diagnostic) {
    guard let classes else { return }
    let labels = classes.enumerated().map { index, label in
      JSONValue.list([.text(name(of: index)), .integer(label)])
    }
    do throws(FileError) {
      try AtomicFile.write(JSONValue.object([("labels", .list(labels))]).line + "\n", to: path)
    } catch { throw error.diagnostic }
  }
}
