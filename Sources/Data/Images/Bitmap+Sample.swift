extension Bitmap {
  /// The picture as one sample: alpha, then channels, then size; planes one after the other.
  func sample(_ options: PictureOptions) throws(PictureFault) -> [UInt8] {
    try settlingAlpha(options).converted(to: options.shape[0]).fitted(options).planes
  }

  private func settlingAlpha(_ options: PictureOptions) throws(PictureFault) -> Bitmap {
    let wantsAlpha = options.alpha == .keep
    guard hasAlpha else {
      guard wantsAlpha else { return self }
      return mapPixels(to: channels + 1) { pixel, out in
        for c in pixel.indices { out[c] = pixel[c] }
        out[pixel.count] = 255
      }
    }
    switch options.alpha {
    case .keep: return self
    case .drop:
      return mapPixels(to: colours) { pixel, out in
        for c in out.indices { out[c] = pixel[c] }
      }
    case .over(let colour):
      let isColoured = colours == 3 || Set(colour).count > 1
      return mapPixels(to: isColoured ? 3 : 1) { pixel, out in
        let alpha = Int(pixel[pixel.count - 1])
        for c in out.indices {
          let value = Int(pixel[pixel.count == 2 ? 0 : c])
          out[c] = UInt8((value * alpha + colour[c] * (255 - alpha) + 127) / 255)
        }
      }
    case nil:
      throw PictureFault(
        "it has transparency",
        hint: "say what becomes of it: alpha: drop, keep or {over: [255, 255, 255]}")
    }
  }

  /// Grey as red-green-blue by repetition, or these as grey by 0.299, 0.587 and 0.114 as Pillow has them.
  private func converted(to count: Int) throws(PictureFault) -> Bitmap {
    switch (channels, count) {
    case let (a, b) where a == b: return self
    case (1, 3), (2, 4):
      return mapPixels(to: count) { pixel, out in
        for c in 0..<3 { out[c] = pixel[0] }
        if hasAlpha { out[3] = pixel[1] }
      }
    case (3, 1), (4, 2):
      return mapPixels(to: count) { pixel, out in
        out[0] = Self.grey(Int(pixel[0]), Int(pixel[1]), Int(pixel[2]))
        if hasAlpha { out[1] = pixel[3] }
      }
    default:
      throw PictureFault(
        "it has \(channels) channels, and a sample of this shape has \(count)",
        hint: "shapes of pictures have 1 or 3 channels, with alpha: keep 2 or 4")
    }
  }

  private static func grey(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
    UInt8((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16)
  }

  /// The picture in the size of a sample.
  private func fitted(_ options: PictureOptions) throws(PictureFault) -> Bitmap {
    let (h, w) = (options.shape[1], options.shape[2])
    guard (width, height) != (w, h) else { return self }
    switch options.fit {
    case nil:
      throw PictureFault(
        "it has \(width) x \(height) pixels (width x height), but samples have \(w) x \(h)",
        hint: "say what becomes of other sizes: fit: crop, pad or stretch")
    case .stretch: return resized(width: w, height: h, options.filter)
    case .crop: return cropped(w, h, options.filter)
    case .pad: return padded(w, h, options)
    }
  }

  /// As Pillow's ImageOps.fit.
  private func cropped(_ w: Int, _ h: Int, _ filter: ResamplingFilter) -> Bitmap {
    let (live, wanted) = (Double(width) / Double(height), Double(w) / Double(h))
    var (cropWidth, cropHeight) = (Double(width), Double(height))
    if live > wanted { cropWidth = wanted * Double(height) }
    if live < wanted { cropHeight = Double(width) / wanted }
    let (left, top) = ((Double(width) - cropWidth) * 0.5, (Double(height) - cropHeight) * 0.5)
    return resized(
      width: w, height: h, filter, x: left...(left + cropWidth), y: top...(top + cropHeight))
  }

  /// As Pillow's ImageOps.pad, on black or on the colour that transparency is laid over, on grey samples its grey.
  private func padded(_ w: Int, _ h: Int, _ options: PictureOptions) -> Bitmap {
    let (live, wanted) = (Double(width) / Double(height), Double(w) / Double(h))
    var (newWidth, newHeight) = (w, h)
    if live > wanted {
      newHeight = Int((Double(height) / Double(width) * Double(w)).rounded(.toNearestOrEven))
    } else if live < wanted {
      newWidth = Int((Double(width) / Double(height) * Double(h)).rounded(.toNearestOrEven))
    }
    (newWidth, newHeight) = (max(1, newWidth), max(1, newHeight))
    let small = resized(width: newWidth, height: newHeight, options.filter)
    let x = Int((Double(w - newWidth) * 0.5).rounded(.toNearestOrEven))
    let y = Int((Double(h - newHeight) * 0.5).rounded(.toNearestOrEven))
    var margin = [UInt8](repeating: 0, count: channels)
    if case .over(let colour) = options.alpha {
      margin =
        channels == 1
        ? [Self.grey(colour[0], colour[1], colour[2])] : colour.map { UInt8(clamping: $0) }
    }
    var out: [UInt8] = []
    out.reserveCapacity(w * h * channels)
    for _ in 0..<(w * h) { out += margin }
    for row in 0..<newHeight {
      let target = ((y + row) * w + x) * channels
      let source = row * newWidth * channels
      out.replaceSubrange(
        target..<(target + newWidth * channels),
        with: small.pixels[source..<(source + newWidth * channels)])
    }
    return Bitmap(width: w, height: h, channels: channels, pixels: out)
  }

  /// Channel by channel instead of pixel by pixel.
  private var planes: [UInt8] {
    let count = width * height
    guard channels > 1 else { return pixels }
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { out, size in
      pixels.withUnsafeBufferPointer { pixels in
        for c in 0..<channels {
          for i in 0..<count { out[c * count + i] = pixels[i * channels + c] }
        }
      }
      size = pixels.count
    }
  }
}
