import Data
import Diagnostics
import JSON

extension RunSamples {
  /// Writes `000000.png` and so on and, where samples have classes, `dataset.json`: a folder that `type: images`
  /// reads.
  ///
  /// - Throws: a fault of the system; the folder is then empty again.
  func writePictures(to folder: Folder) throws(Diagnostic) {
    guard let (shape, range) = pictures?.imageFormat else { return }
    let size = shape.reduce(1, *)
    var written = 0
    do throws(Diagnostic) {
      while written < count {
        let values = try next()
        for index in 0..<(values.count / size) {
          let image = try Image.sample(index, of: values, shape: shape, range: range)
          try write(image, to: folder.file(Self.name(of: written)))
          written += 1
        }
      }
      try writeClasses(to: folder.file("dataset.json"))
    } catch {
      for index in 0..<written { folder.remove(Self.name(of: index)) }
      throw error
    }
  }

  private static func name(of index: Int) -> String { "\(padded(index)).png" }

  private func write(_ image: Image, to path: String) throws(Diagnostic) {
    let bytes = try image.pngData()
    do throws(FileError) {
      try NewFile.write(bytes, to: path)
    } catch { throw error.diagnostic }
  }

  /// Labels in the form of StyleGAN2-ADA.
  private func writeClasses(to path: String) throws(Diagnostic) {
    guard let classes else { return }
    let labels = classes.enumerated().map { index, label in
      JSONValue.list([.text(Self.name(of: index)), .integer(label)])
    }
    do throws(FileError) {
      try AtomicFile.write(JSONValue.object([("labels", .list(labels))]).line + "\n", to: path)
    } catch { throw error.diagnostic }
  }
}
