/// What the segments before a JPEG file's picture say.
enum JPEGMarkers {
  /// Whether Adobe's marker is there: its four-channel files store every value turned round.
  static func hasAdobe(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var found = false
    forEachSegment(bytes) { marker, body in
      if marker == 0xee, body.prefix(5).elementsEqual("Adobe".utf8) { found = true }
    }
    return found
  }

  /// The Exif orientation, 1...8; 1 where there is none.
  static func orientation(_ bytes: UnsafeRawBufferPointer) -> Int {
    var orientation = 1
    forEachSegment(bytes) { marker, body in
      if marker == 0xe1, body.prefix(6).elementsEqual("Exif\0\0".utf8) {
        orientation = Exif.orientation(.init(rebasing: body.dropFirst(6))) ?? orientation
      }
    }
    return orientation
  }

  private static func forEachSegment(
    _ bytes: UnsafeRawBufferPointer, _ body: (UInt8, UnsafeRawBufferPointer.SubSequence) -> Void
  ) {
    var place = 2
    while place + 4 <= bytes.count, bytes[place] == 0xff {
      let marker = bytes[place + 1]
      // The picture begins, or a marker without a length.
      if marker == 0xda || marker == 0xd9 { return }
      if marker == 0xff || (0xd0...0xd8).contains(marker) || marker == 0x01 {
        place += marker == 0xff ? 1 : 2
        continue
      }
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      guard length >= 2, place + 2 + length <= bytes.count else { return }
      body(marker, bytes[(place + 4)..<(place + 2 + length)])
      place += 2 + length
    }
  }
}

/// As much of Exif (a TIFF directory) as says which way up a picture is.
enum Exif {
  /// The orientation of the first directory; nil where there is none or the data is no Exif.
  static func orientation(_ tiff: UnsafeRawBufferPointer) -> Int? {
    guard tiff.count >= 8 else { return nil }
    let isBig = tiff[0] == 0x4d
    guard isBig || tiff[0] == 0x49 else { return nil }
    func number(_ place: Int, _ size: Int) -> Int? {
      guard place >= 0, place + size <= tiff.count else { return nil }
      let part = Array(tiff[place..<(place + size)])
      return (isBig ? part : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(2, 2) == 42, let start = number(4, 4), let count = number(start, 2) else {
      return nil
    }
    for i in 0..<count {
      let entry = start + 2 + 12 * i
      guard let tag = number(entry, 2) else { return nil }
      if tag == 0x112, let value = number(entry + 8, 2), (1...8).contains(value) { return value }
    }
    return nil
  }
}

extension Bitmap {
  /// The picture as viewers show it under an Exif orientation.
  func turned(_ orientation: Int) -> Bitmap {
    guard (2...8).contains(orientation) else { return self }
    let isTransposed = orientation >= 5
    let (w, h) = isTransposed ? (height, width) : (width, height)
    var out = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<h {
      for x in 0..<w {
        let (sx, sy) = source(x, y, orientation)
        for c in 0..<channels {
          out[(y * w + x) * channels + c] = pixels[(sy * width + sx) * channels + c]
        }
      }
    }
    return Bitmap(width: w, height: h, channels: channels, pixels: out)
  }

  /// The stored pixel that is shown at (x, y).
  private func source(_ x: Int, _ y: Int, _ orientation: Int) -> (Int, Int) {
    switch orientation {
    case 2: (width - 1 - x, y)
    case 3: (width - 1 - x, height - 1 - y)
    case 4: (x, height - 1 - y)
    case 5: (y, x)
    case 6: (y, height - 1 - x)
    case 7: (width - 1 - y, height - 1 - x)
    default: (width - 1 - y, x)
    }
  }
}
