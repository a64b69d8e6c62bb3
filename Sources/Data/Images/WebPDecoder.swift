import CWebP

/// Reads WebP files, lossy and lossless, through libwebp; animations are refused.
enum WebPDecoder {
  static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 12 && bytes.prefix(4).elementsEqual("RIFF".utf8)
      && bytes[8..<12].elementsEqual("WEBP".utf8)
  }

  static func info(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> PictureInfo {
    let features = try features(bytes)
    return PictureInfo(
      format: "WebP", width: Int(features.width), height: Int(features.height),
      mode: features.has_alpha != 0 ? "RGBA" : "RGB", depth: 8)
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> Bitmap {
    let features = try features(bytes)
    let (width, height) = (Int(features.width), Int(features.height))
    let channels = features.has_alpha != 0 ? 4 : 3
    let size = width * height * channels
    let source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    var isDecoded = false
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let stride = Int32(width * channels)
      let result =
        channels == 4
        ? WebPDecodeRGBAInto(source, bytes.count, buffer.baseAddress, size, stride)
        : WebPDecodeRGBInto(source, bytes.count, buffer.baseAddress, size, stride)
      isDecoded = result != nil
      count = isDecoded ? size : 0
    }
    guard isDecoded else { throw PictureFault("it is no sound WebP file: it is cut or damaged") }
    return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
  }

  private static func features(
    _ bytes: UnsafeRawBufferPointer
  ) throws(PictureFault) -> WebPBitstreamFeatures {
    var features = WebPBitstreamFeatures()
    let status = WebPGetFeatures(
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &features)
    guard status == VP8_STATUS_OK else {
      throw PictureFault("it is no sound WebP file: its header is cut or damaged")
    }
    guard features.has_animation == 0 else {
      throw PictureFault("it is an animation", hint: "make single pictures of it")
    }
    try Bitmap.check(width: Int(features.width), height: Int(features.height))
    return features
  }
}
