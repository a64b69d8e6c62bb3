/// Colours weighted by alpha, so that what is transparent has no part in a mixture of pixels; rounded as Pillow rounds
/// them, in its modes `RGBa` and `La`.
extension Bitmap {
  /// Colours times alpha; the last channel must be alpha.
  var premultiplied: Bitmap {
    mapPixels(to: channels) { pixel, out in
      let last = pixel.count - 1
      for c in 0..<last {
        let product = Int(pixel[c]) * Int(pixel[last]) + 128
        out[c] = UInt8(truncatingIfNeeded: ((product >> 8) + product) >> 8)
      }
      out[last] = pixel[last]
    }
  }

  /// The colours that `premultiplied` was made of, as nearly as bytes tell; those of full transparency stay 0.
  var unpremultiplied: Bitmap {
    mapPixels(to: channels) { pixel, out in
      let last = pixel.count - 1
      let alpha = Int(pixel[last])
      for c in 0..<last {
        out[c] = alpha == 0 ? pixel[c] : UInt8(min(255, 255 * Int(pixel[c]) / alpha))
      }
      out[last] = pixel[last]
    }
  }
}
