import Diagnostics

/// Pictures somewhere: in files, in an archive.
protocol PictureStore: Sendable {
  /// Their names from the root on; folders in front of a `/`.
  var files: [String] { get }
  /// What messages call picture `index`.
  func name(_ index: Int) -> String
  /// The picture's file, whole.
  func bytes(_ index: Int) throws(Diagnostic) -> [UInt8]
  /// The contents of `dataset.json`, where there is one.
  func labelFile() throws(Diagnostic) -> [UInt8]?
  /// Names that are no pictures, passed over.
  var foreign: [String] { get }
  /// How many hidden names were passed over.
  var hidden: Int { get }
  /// Folders directly below the root in which there is no picture.
  var emptyFolders: [String] { get }
  /// Takes in all that tells the pictures `rows` from others.
  func combine(_ rows: [Int], into digest: inout FileDigest) throws(Diagnostic)
}

/// Pictures as samples; each is decoded when it is read.
struct PictureSource: IndexedSamples {
  /// Another number whenever a picture becomes another sample, so that runs and figures of before are not taken for its.
  private static let version = 2
  /// Another number, too, where memory that was not cleared made other samples of some pictures: caches may have them.
  private static let cacheVersion = 3

  let store: any PictureStore
  let options: PictureOptions
  let labels: SampleLabels?
  var classNames: [String] = []

  var count: Int { store.files.count }
  var sampleShape: [Int] { options.shape }
  var element: SampleElement { .byte }
  var bounds: ClosedRange<Double> { 0...255 }

  func read(_ index: Int, into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    let bytes = try store.bytes(index)
    do throws(PictureFault) {
      let sample = try PictureDecoder.decode(bytes).sample(options)
      buffer.copyBytes(from: sample)
    } catch { throw diagnostic(of: error, index) }
  }

  func fileDigest(_ trait: FileTrait, rows: [Int]) throws(Diagnostic) -> String? {
    var digest = FileDigest(trait)
    digest.add("\(trait == .stamps ? Self.cacheVersion : Self.version) \(options)")
    try store.combine(rows, into: &digest)
    return digest.text
  }

  /// What the header of picture `index` says.
  func info(_ index: Int) throws(Diagnostic) -> PictureInfo {
    let bytes = try store.bytes(index)
    do throws(PictureFault) {
      return try PictureDecoder.info(bytes)
    } catch { throw diagnostic(of: error, index) }
  }

  private func diagnostic(of fault: PictureFault, _ index: Int) -> Diagnostic {
    Diagnostic(
      .error, "picture \(index), \(quoted(store.name(index))), cannot be used: \(fault.message)",
      hint: fault.hint ?? "mend the file, or take it out of the set")
  }

  /// Throws unless a sample of this shape can be a picture.
  static func check(_ options: PictureOptions) throws(Diagnostic) {
    let channels = options.alpha == .keep ? [2, 4] : [1, 3]
    guard options.shape.count == 3, channels.contains(options.shape[0]) else {
      throw Diagnostic(
        .error, "pictures cannot have the shape \(options.shape)",
        hint:
          "a picture is [3, height, width] or [1, height, width], with alpha: keep [4, ...] or [2, ...]"
      )
    }
  }
}
