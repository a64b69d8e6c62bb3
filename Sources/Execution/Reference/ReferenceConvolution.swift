import COpenBLAS
import TensorIR
import Threads

extension ConvolutionKernel {
  /// One direction, image by image in the order channels, height, width, as a matrix product with the patches (im2col).
  func evaluate(_ a: [Double], _ b: [Double]) -> [Double] {
    let g = geometry
    let (inCount, outCount) = (g.inChannels * g.inPixels, g.outChannels * g.outPixels)
    func planar(_ images: [Double], _ channels: Int, _ pixels: Int) -> [Double] {
      layout == .nchw ? images : transposeEach(images, g.batch, rows: pixels, columns: channels)
    }
    switch direction {
    case .forward:
      let x = planar(a, g.inChannels, g.inPixels)
      let y = overImages(resultCount: outCount) { image, result, patches in
        x.withUnsafeBufferPointer {
          g.gather(image: $0.baseAddress, at: image * inCount, into: patches)
        }
        g.multiplyForward(b, patches, result)
      }
      return layout == .nchw
        ? y : transposeEach(y, g.batch, rows: g.outChannels, columns: g.outPixels)
    case .inputGradient:
      let dy = planar(a, g.outChannels, g.outPixels)
      let dx = overImages(resultCount: inCount) { image, result, patches in
        g.multiplyInputGradient(dy, at: image * outCount, b, patches)
        g.scatter(patches, into: result)
      }
      return layout == .nchw
        ? dx : transposeEach(dx, g.batch, rows: g.inChannels, columns: g.inPixels)
    case .filterGradient:
      let (x, dy) = (planar(a, g.inChannels, g.inPixels), planar(b, g.outChannels, g.outPixels))
      return filterGradient(x, dy)
    }
  }

  /// Runs `body` for each image of the batch on all cores, each with its part of the result and room for its patches.
  private func overImages(
    resultCount: Int,
    _ body: (Int, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    let room = geometry.patchCount
    return [Double](unsafeUninitializedCapacity: geometry.batch * resultCount) { buffer, count in
      count = geometry.batch * resultCount
      guard let base = buffer.baseAddress else { return }
      base.initialize(repeating: 0, count: count)
      withoutActuallyEscaping(body) { body in
        // Images are independent: each writes its own part of the result.
        nonisolated(unsafe) let (base, body) = (base, body)
        openblas_set_num_threads(1)
        performConcurrently(geometry.batch) { image in
          let patches = UnsafeMutablePointer<Double>.allocate(capacity: room)
          defer { patches.deallocate() }
          body(image, base + image * resultCount, patches)
        }
      }
    }
  }

  /// Each image's filter gradients, summed in the order of the batch.
  private func filterGradient(_ x: [Double], _ dy: [Double]) -> [Double] {
    let g = geometry
    let patches = UnsafeMutablePointer<Double>.allocate(capacity: g.patchCount)
    defer { patches.deallocate() }
    var result = [Double](repeating: 0, count: g.filterShape.count)
    let (inCount, outCount) = (g.inChannels * g.inPixels, g.outChannels * g.outPixels)
    for image in 0..<g.batch {
      x.withUnsafeBufferPointer {
        g.gather(image: $0.baseAddress, at: image * inCount, into: patches)
      }
      g.multiplyFilterGradient(dy, at: image * outCount, patches, &result)
    }
    return result
  }
}

/// `images` matrices of `rows × columns`, each transposed.
private func transposeEach(_ values: [Double], _ images: Int, rows: Int, columns: Int) -> [Double] {
  [Double](unsafeUninitializedCapacity: values.count) { result, count in
    count = values.count
    for image in 0..<images {
      let base = image * rows * columns
      for row in 0..<rows {
        for column in 0..<columns {
          result[base + column * rows + row] = values[base + row * columns + column]
        }
      }
    }
  }
}

extension ConvolutionGeometry {
  var inPixels: Int { inSize[0] * inSize[1] }
  var outPixels: Int { outSize[0] * outSize[1] }
  /// Rows of one group's matrix of patches: a row per input channel and tap.
  fileprivate var patchRows: Int { inChannels / groups * kernel[0] * kernel[1] }
  /// Elements of one image's patches: `[groups, patchRows, outPixels]`.
  fileprivate var patchCount: Int { groups * patchRows * outPixels }

  /// Calls `body` with the patch element and the image element of each tap that falls inside the image.
  private func forEachTap(_ body: (_ patch: Int, _ pixel: Int) -> Void) {
    let (height, width) = (inSize[0], inSize[1])
    let (outHeight, outWidth) = (outSize[0], outSize[1])
    let (kernelHeight, kernelWidth) = (kernel[0], kernel[1])
    let (strideX, low, step) = (stride[1], padLow[1], dilation[1])
    var patch = 0
    for channel in 0..<inChannels {
      for r in 0..<kernelHeight {
        for t in 0..<kernelWidth {
          for p in 0..<outHeight {
            let y = p * stride[0] + r * dilation[0] - padLow[0]
            if y >= 0 && y < height {
              let row = (channel * height + y) * width
              var (q, x) = (0, t * step - low)
              while q < outWidth {
                if x >= 0 && x < width { body(patch + q, row + x) }
                q += 1
                x += strideX
              }
            }
            patch += outWidth
          }
        }
      }
    }
  }

  fileprivate func gather(
    image: UnsafePointer<Double>?, at offset: Int, into patches: UnsafeMutablePointer<Double>
  ) {
    patches.initialize(repeating: 0, count: patchCount)
    guard let image else { return }
    forEachTap { patch, pixel in patches[patch] = image[offset + pixel] }
  }

  fileprivate func scatter(
    _ patches: UnsafeMutablePointer<Double>, into image: UnsafeMutablePointer<Double>
  ) {
    forEachTap { patch, pixel in image[pixel] += patches[patch] }
  }

  /// y = w · patches, group by group.
  fileprivate func multiplyForward(
    _ w: [Double], _ patches: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    let (m, n, k) = (outChannels / groups, outPixels, patchRows)
    w.withUnsafeBufferPointer { w in
      guard let w = w.baseAddress else { return }
      for group in 0..<groups {
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
          w + group * m * k, blasint(k), patches + group * k * n, blasint(n), 0,
          y + group * m * n, blasint(n))
      }
    }
  }

  /// patches = wᵀ · dy, group by group.
  fileprivate func multiplyInputGradient(
    _ dy: [Double], at offset: Int, _ w: [Double], _ patches: UnsafeMutablePointer<Double>
  ) {
    let (m, n, k) = (patchRows, outPixels, outChannels / groups)
    dy.withUnsafeBufferPointer { dy in
      w.withUnsafeBufferPointer { w in
        guard let dy = dy.baseAddress, let w = w.baseAddress else { return }
        for group in 0..<groups {
          cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
            w + group * m * k, blasint(m), dy + offset + group * k * n, blasint(n), 0,
            patches + group * m * n, blasint(n))
        }
      }
    }
  }

  /// dw += dy · patchesᵀ, group by group.
  fileprivate func multiplyFilterGradient(
    _ dy: [Double], at offset: Int, _ patches: UnsafePointer<Double>, _ dw: inout [Double]
  ) {
    let (m, n, k) = (outChannels / groups, patchRows, outPixels)
    dy.withUnsafeBufferPointer { dy in
      dw.withUnsafeMutableBufferPointer { dw in
        guard let dy = dy.baseAddress, let dw = dw.baseAddress else { return }
        for group in 0..<groups {
          cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1,
            dy + offset + group * m * k, blasint(k), patches + group * n * k, blasint(k), 1,
            dw + group * m * n, blasint(n))
        }
      }
    }
  }
}
