import Diagnostics
import Syntax

/// Pictures in a TFRecord file as StyleGAN and StyleGAN2 write them: raw bytes, channels first.
///
/// Records of a 64-bit length, its masked CRC-32C, the data, its masked CRC-32C. Of the files of one set, the one with
/// the largest `-rNN` has the full size; classes are in a `.labels` file beside it, an npy array.
public struct TFRecordFile: DatasetDefinition {
  public let path: String?
  public let sampleShape: [Int]
  /// How many classes the labels have; nil where none are read.
  public var classes: Int?
  /// The npy file of the labels.
  public var labelPath: String?

  public init(path: String, shape: [Int], classes: Int? = nil, labelPath: String? = nil) {
    self.path = path
    sampleShape = shape
    self.classes = classes
    self.labelPath = labelPath
  }

  public var morePaths: [(key: String, path: String)] {
    labelPath.map { [("label_path", $0)] } ?? []
  }
  public var labelWidth: Int? { labelPath == nil ? nil : classes }
  public var valueRange: ClosedRange<Double>? { 0...255 }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let file = try RandomAccessFile(path: path ?? ".")
    let places = try Self.places(in: file)
    let labels = try labelPath.map { (path) throws(Diagnostic) in
      try NumpyFile.read(path, array: nil, key: nil).labels(count: places.count, classes: classes)
    }
    return .finite(
      Pictures(file: file, places: places, sampleShape: sampleShape, labels: labels))
  }

  /// Where the data of each record are; the lengths are checked.
  private static func places(in file: RandomAccessFile) throws(Diagnostic) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var place = 0
    while place < file.size {
      let head = try file.read(12, at: place)
      guard UInt32(head.little(8, 4)) == MaskedChecksum.of(head[0..<8]) else {
        throw damaged(
          file.path, "the length of record \(places.count), at byte \(place), has a wrong checksum")
      }
      let length = head.little(0, 8)
      guard length >= 0, length <= file.size - place - 16 else {
        throw damaged(
          file.path,
          "record \(places.count), at byte \(place), has \(length) bytes, and the file ends before")
      }
      places.append((place + 12)..<(place + 12 + length))
      place += 16 + length
    }
    guard !places.isEmpty else { throw damaged(file.path, "it is empty") }
    return places
  }

  static func damaged(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      .error, "\(quoted(path)) is not a sound TFRecord file: \(reason)",
      hint: "copy or make the file again")
  }

  private struct Pictures: IndexedSamples {
    let file: RandomAccessFile
    let places: [Range<Int>]
    let sampleShape: [Int]
    let labels: SampleLabels?

    var count: Int { places.count }
    var element: SampleElement { .byte }
    var bounds: ClosedRange<Double> { 0...255 }

    func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
      let place = places[index]
      let bytes = try file.read(place.count + 4, at: place.lowerBound)
      guard UInt32(bytes.little(place.count, 4)) == MaskedChecksum.of(bytes.dropLast(4)) else {
        throw TFRecordFile.damaged(
          file.path, "record \(index), at byte \(place.lowerBound), has a wrong checksum")
      }
      guard let picture = ExamplePicture(bytes.dropLast(4)) else {
        throw TFRecordFile.damaged(file.path, "record \(index) is no tf.train.Example")
      }
      guard picture.shape == sampleShape, picture.data.count == buffer.count else {
        throw Diagnostic(
          .error,
          "samples have shape \(sampleShape) in the spec, but record \(index) of "
            + "\(quoted(file.path)) has \(picture.shape) and \(picture.data.count) bytes",
          hint: "the file with the largest number behind '-r' has the full size")
      }
      buffer.copyBytes(from: picture.data)
    }

    func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
      var digest = FileDigest(trait)
      digest.add("\(sampleShape)")
      try digest.add(fileAt: file.path)
      return digest.text
    }
  }
}

extension DatasetType {
  private static let labelPath = Key.optional(
    "label_path", Form<String>.path, "File of the labels, where it is another.")

  static let tfrecord = DatasetType(
    "tfrecord", "Pictures in a TFRecord file of StyleGAN or StyleGAN2; checksums are verified.",
    keys: [DataKeys.path, DataKeys.shape, DataKeys.classes, labelPath]
  ) {
    TFRecordFile(
      path: $0[DataKeys.path], shape: $0[DataKeys.shape], classes: $0[DataKeys.classes],
      labelPath: $0[labelPath])
  }
}
