import Diagnostics
import Syntax

/// Pieces of equal length of the WAV files in a folder; the folders in it are classes, as of pictures.
public struct SoundFolder: DatasetDefinition {
  public let path: String?
  public let sampleShape: [Int]
  /// How many classes the folders are; nil where labels are not read.
  public var classes: Int?
  /// Whether a last piece that is too short is filled up with zeros.
  public var pads: Bool

  public init(path: String, shape: [Int], classes: Int? = nil, pads: Bool = false) {
    self.path = path
    sampleShape = shape
    self.classes = classes
    self.pads = pads
  }

  public var labelWidth: Int? { classes }
  public var valueRange: ClosedRange<Double>? { -1...1 }

  public func open() throws(Diagnostic) -> LoadedDataset.Contents {
    let root = path ?? "."
    let tree = try FileTree(root: root)
    let files = tree.files.filter { ending(of: $0) == "wav" }
    guard !files.isEmpty else {
      throw Diagnostic(
        .error, "there are no sounds under \(quoted(root)); looked for names that end in .wav",
        hint: tree.files.first.map { "other files are there, such as \(quoted($0))" }
          ?? "check the path")
    }
    let length = sampleShape.reduce(1, *)
    var sounds: [WAVFile] = []
    var pieces: [SoundPieces.Piece] = []
    for (number, file) in files.enumerated() {
      let sound = try WAVFile(try RandomAccessFile(path: "\(root)/\(file)"))
      if let rate = sounds.first?.rate, rate != sound.rate {
        throw Diagnostic(
          .error,
          "\(quoted("\(root)/\(file)")) has \(sound.rate) samples a second, those before it \(rate)",
          hint: "bring all to one rate, for example by: sox IN.wav -r \(rate) OUT.wav")
      }
      sounds.append(sound)
      let whole = sound.count / length
      let count = pads ? (sound.count + length - 1) / length : whole
      guard count > 0 else {
        throw Diagnostic(
          .error,
          "\(quoted("\(root)/\(file)")) has \(sound.count) samples, fewer than one piece of \(length)",
          hint: pads
            ? "take it out of the set"
            : "write 'pad: true' to fill it up with zeros, or take it out of the set")
      }
      pieces += (0..<count).map { SoundPieces.Piece(file: number, start: $0 * length) }
    }
    let labels = try classes.map { (classes) throws(Diagnostic) in
      let numbers = try ImageFolder.classNumbers(of: files, classes, root)
      return SampleLabels.classes(pieces.map { numbers[$0.file] }, count: classes)
    }
    return .finite(
      SoundPieces(
        root: root, files: files, sounds: sounds, pieces: pieces, sampleShape: sampleShape,
        labels: labels))
  }
}

/// Pieces of sounds, each read when it is asked for.
private struct SoundPieces: IndexedSamples {
  struct Piece {
    var file: Int
    var start: Int
  }

  let root: String
  let files: [String]
  /// Of each file where its samples lie.
  let sounds: [WAVFile]
  let pieces: [Piece]
  let sampleShape: [Int]
  let labels: SampleLabels?

  var count: Int { pieces.count }
  var element: SampleElement { .float }
  var bounds: ClosedRange<Double> { -1...1 }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    let piece = pieces[index]
    let path = "\(root)/\(files[piece.file])"
    let file = try RandomAccessFile(path: path)
    let values = try sounds[piece.file].values(from: piece.start, sampleSize, in: file)
    guard values.allSatisfy({ $0.isFinite }) else {
      throw Diagnostic(
        .error, "\(quoted(path)) has a value that is not finite", hint: "take it out of the set")
    }
    values.withUnsafeBytes { buffer.copyMemory(from: $0) }
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(sampleShape) \(pieces.count)")
    let used = Set(rows.map { pieces[$0].file }).sorted()
    try digest.add(used.map { files[$0] }) { [root] in "\(root)/\($0)" }
    return digest.text
  }
}

extension DatasetType {
  private static let shape = Key.required(
    "shape", .shape, example: "shape: [1, 1, 16384]",
    "Shape of one sample; of a sound, as many numbers as a piece has.")
  private static let pad = Key(
    "pad", .boolean, default: false,
    "Whether a last piece that is too short is filled up with zeros; else it is left out.")

  static let wav = DatasetType(
    "wav",
    "Pieces of the WAV files in a folder, mono, values -1 to 1; the folders in it, sorted by name, are the classes.",
    keys: [DataKeys.path, shape, DataKeys.classes, pad]
  ) {
    SoundFolder(
      path: $0[DataKeys.path], shape: $0[shape], classes: $0[DataKeys.classes], pads: $0[pad])
  }
}
