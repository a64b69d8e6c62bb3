import CSPNG

/// Reads PNG files through libspng, which reports errors without jumps.
///
/// Values are those of the file: no gamma, alpha apart, 16 bits by their high byte, fewer than 8 bits spread over
/// 0...255. A transparent colour becomes alpha 0.
enum PNGDecoder {
  static let magic: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The size and kind that the header gives.
  static func info(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> PictureInfo {
    let file = try File(bytes)
    let mode = [0: "grey", 2: "RGB", 3: "palette", 4: "grey+alpha", 6: "RGBA"][file.colourType]
    return PictureInfo(
      format: "PNG", width: file.width, height: file.height, mode: mode ?? "?",
      depth: Int(file.header.bit_depth))
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) -> Bitmap {
    try requireWhole(bytes)
    let file = try File(bytes)
    if file.colourType == 3 { return try file.decodePalette() }
    let isGrey = file.colourType == 0 || file.colourType == 4
    let hasAlpha = file.colourType >= 4 || file.hasTransparentColour
    let isPlain = !isGrey && !hasAlpha
    let format = isPlain ? SPNG_FMT_RGB8 : SPNG_FMT_RGBA8
    let all = try file.decode(Int32(format.rawValue))
    let channels = (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0)
    let count = file.width * file.height
    if channels * count == all.count {
      return Bitmap(width: file.width, height: file.height, channels: channels, pixels: all)
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(channels * count)
    for i in 0..<count {
      pixels.append(all[4 * i])
      if !isGrey { pixels += all[(4 * i + 1)..<(4 * i + 3)] }
      if hasAlpha { pixels.append(all[4 * i + 3]) }
    }
    return Bitmap(width: file.width, height: file.height, channels: channels, pixels: pixels)
  }

  /// Walks the chunks up to the last: libspng is content as soon as it has all pixels, though the file be cut behind
  /// them, before the checksums that would tell whether they are right.
  private static func requireWhole(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) {
    func number(_ place: Int) -> Int {
      bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    var place = magic.count
    while place + 12 <= bytes.count {
      let type = String(decoding: bytes[(place + 4)..<(place + 8)], as: UTF8.self)
      let end = place + 12 + number(place)
      guard end <= bytes.count else {
        throw PictureFault(
          "it is no sound PNG file: it ends at byte \(bytes.count), within its chunk \(type)")
      }
      if type == "IEND" { return }
      place = end
    }
    throw PictureFault(
      "it is no sound PNG file: it ends at byte \(bytes.count) without the chunk IEND")
  }

  /// A file being decoded.
  private final class File {
    let context: OpaquePointer
    private(set) var header = spng_ihdr()

    init(_ bytes: UnsafeRawBufferPointer) throws(PictureFault) {
      guard let context = spng_ctx_new(0) else { throw PictureFault("memory is short") }
      self.context = context
      let side = UInt32(Bitmap.largestSide)
      spng_set_image_limits(context, side, side)
      spng_set_chunk_limits(context, 1 << 24, 1 << 25)
      try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
      try check(spng_get_ihdr(context, &header))
      try Bitmap.check(width: width, height: height)
    }

    deinit { spng_ctx_free(context) }

    var width: Int { Int(header.width) }
    var height: Int { Int(header.height) }
    var colourType: Int { Int(header.color_type) }

    var hasTransparentColour: Bool {
      var transparency = spng_trns()
      return spng_get_trns(context, &transparency) == 0
    }

    private func check(_ status: Int32) throws(PictureFault) {
      guard status != 0 else { return }
      throw PictureFault("it is no sound PNG file: \(String(cString: spng_strerror(status)))")
    }

    /// All pixels in one of libspng's formats; what follows them must be sound too.
    func decode(_ format: Int32) throws(PictureFault) -> [UInt8] {
      var size = 0
      try check(spng_decoded_image_size(context, format, &size))
      var status: Int32 = 0
      let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        // Interlaced pixels of less than a byte are put together by `or`.
        buffer.initialize(repeating: 0)
        status = spng_decode_image(
          context, buffer.baseAddress, size, format, Int32(SPNG_DECODE_TRNS.rawValue))
        if status == 0 { status = spng_decode_chunks(context) }
        count = status == 0 ? size : 0
      }
      try check(status)
      return pixels
    }

    /// A picture of colours by number; libspng would take a number without a colour for black.
    func decodePalette() throws(PictureFault) -> Bitmap {
      var palette = spng_plte()
      try check(spng_get_plte(context, &palette))
      var transparency = spng_trns()
      let hasAlpha = spng_get_trns(context, &transparency) == 0
      let packed = try decode(Int32(SPNG_FMT_PNG.rawValue))
      let depth = Int(header.bit_depth)
      let rowBytes = (width * depth + 7) / 8
      let colours = withUnsafeBytes(of: palette.entries) { Array($0) }
      let alphas = withUnsafeBytes(of: transparency.type3_alpha) { Array($0) }
      let channels = hasAlpha ? 4 : 3
      var pixels: [UInt8] = []
      pixels.reserveCapacity(width * height * channels)
      for y in 0..<height {
        for x in 0..<width {
          let bit = x * depth
          let byte = Int(packed[y * rowBytes + bit / 8])
          let index = byte >> (8 - depth - bit % 8) & ((1 << depth) - 1)
          guard index < Int(palette.n_entries) else {
            throw PictureFault(
              "pixel (\(x), \(y)) has colour \(index) of a palette of \(palette.n_entries)")
          }
          pixels += colours[(4 * index)..<(4 * index + 3)]
          if hasAlpha {
            pixels.append(index < Int(transparency.n_type3_entries) ? alphas[index] : 255)
          }
        }
      }
      return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
    }
  }
}
