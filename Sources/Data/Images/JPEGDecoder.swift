import CTurboJPEG
import Synchronization

/// Reads JPEG files through TurboJPEG, which reports errors without jumps.
///
/// The accurate transform and smooth chroma upsampling; a file that is cut short, or damaged so that the library warns,
/// is refused. Four-channel files become red-green-blue, turned round where Adobe's marker says so.
enum JPEGDecoder {
  static let magic: [UInt8] = [0xff, 0xd8, 0xff]

  static func info(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> PictureInfo {
    try Handles.with { (handle) throws(PictureFault) in try header(bytes, handle).info }
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> Bitmap {
    try Handles.with { (handle) throws(PictureFault) in
      let header = try header(bytes, handle)
      let format = header.isFourChannel ? TJPF_CMYK : header.isGrey ? TJPF_GRAY : TJPF_RGB
      let channels = header.isFourChannel ? 4 : header.isGrey ? 1 : 3
      let (width, height) = (header.info.width, header.info.height)
      var status: Int32 = 0
      var pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) {
        buffer, count in
        status = tjDecompress2(
          handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt(bytes.count),
          buffer.baseAddress, Int32(width), 0, Int32(height), Int32(format.rawValue),
          TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS)
        count = status == 0 ? width * height * channels : 0
      }
      guard status == 0 else { throw fault(handle) }
      if header.isFourChannel { pixels = inks(pixels, areInverted: JPEGMarkers.hasAdobe(bytes)) }
      let bitmap = Bitmap(
        width: width, height: height, channels: channels == 4 ? 3 : channels, pixels: pixels)
      return bitmap.turned(JPEGMarkers.orientation(bytes))
    }
  }

  private struct Header {
    var info: PictureInfo
    var isFourChannel: Bool
    var isGrey: Bool
  }

  private static func header(
    _ bytes: UnsafeRawBufferPointer, _ handle: tjhandle
  ) throws(PictureFault) -> Header {
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let status = tjDecompressHeader3(
      handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt(bytes.count), &width,
      &height, &sampling, &space)
    guard status == 0 else { throw fault(handle) }
    try Bitmap.check(width: Int(width), height: Int(height))
    let isFour = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
    let isGrey = space == Int32(TJCS_GRAY.rawValue)
    return Header(
      info: PictureInfo(
        format: "JPEG", width: Int(width), height: Int(height),
        mode: isFour ? "CMYK" : isGrey ? "grey" : "RGB", depth: 8),
      isFourChannel: isFour, isGrey: isGrey)
  }

  private static func fault(_ handle: tjhandle) -> PictureFault {
    let reason = tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
    return PictureFault("it is no sound JPEG file: \(reason)")
  }

  /// Red, green and blue of cyan, magenta, yellow and black, as Pillow has them.
  private static func inks(_ values: [UInt8], areInverted: Bool) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(values.count / 4 * 3)
    for i in stride(from: 0, to: values.count, by: 4) {
      let black = Int(areInverted ? values[i + 3] : 255 - values[i + 3])
      for j in 0..<3 {
        let ink = Int(areInverted ? values[i + j] : 255 - values[i + j])
        pixels.append(UInt8((ink * black + 127) / 255))
      }
    }
    return pixels
  }

  /// Decompressors that nobody uses now; making one costs more than a small picture.
  private enum Handles {
    private struct Handle: @unchecked Sendable { let pointer: tjhandle }
    private static let free = Mutex<[Handle]>([])

    static func with<R>(
      _ body: (tjhandle) throws(PictureFault) -> R
    ) throws(PictureFault) -> R {
      let kept = free.withLock { $0.popLast() }
      guard let handle = kept ?? tjInitDecompress().map({ Handle(pointer: $0) }) else {
        throw PictureFault("TurboJPEG does not start")
      }
      let result: R
      do throws(PictureFault) { result = try body(handle.pointer) } catch {
        // It may be within the damaged file still, and would refuse sound ones.
        tjDestroy(handle.pointer)
        throw error
      }
      free.withLock { $0.append(handle) }
      return result
    }
  }
}
