import Glibc

/// How alike two pictures are: SSIM (Wang and others 2004), and over several scales MS-SSIM (Wang and others 2003).
///
/// A Gaussian window of 11 with σ 1.5, only where it lies within the picture; constants 0.01 and 0.03 of the range.
public enum StructuralSimilarity {
  /// Mean over places of one channel.
  public struct Similarity: Hashable, Sendable {
    /// Luminance, contrast and structure.
    public var whole: Double
    /// Contrast and structure alone.
    public var contrast: Double
  }

  static let window: [Double] = {
    let weights = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }()

  /// Weights of five scales (Wang and others 2003).
  static let weightsOfFive = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

  /// The scales that pictures are large enough for, at most five: the window must fit the smallest.
  ///
  /// Five have the weights of the paper, fewer have equal ones: figures of different numbers of scales are different
  /// measures. Empty where not even one fits.
  public static func weights(height: Int, width: Int) -> [Double] {
    var side = min(height, width)
    var scales = 0
    while side >= window.count, scales < 5 {
      scales += 1
      side /= 2
    }
    return scales == 5 ? weightsOfFive : [Double](repeating: 1 / Double(scales), count: scales)
  }

  /// MS-SSIM of one channel; a scale where contrast and structure are opposed counts 0.
  public static func multiscale(
    _ a: Matrix, _ b: Matrix, range: Double, weights: [Double]
  ) -> Double {
    var (a, b) = (a, b)
    var product = 1.0
    for (scale, weight) in weights.enumerated() {
      let similarity = similarity(a, b, range: range)
      let isLast = scale == weights.count - 1
      product *= pow(max(0, isLast ? similarity.whole : similarity.contrast), weight)
      if !isLast { (a, b) = (halved(a), halved(b)) }
    }
    return product
  }

  /// SSIM of one channel, whose values span `range`.
  public static func similarity(_ a: Matrix, _ b: Matrix, range: Double) -> Similarity {
    let (c1, c2) = (pow(0.01 * range, 2), pow(0.03 * range, 2))
    func products(_ x: Matrix, _ y: Matrix) -> [Double] {
      filtered(Matrix(rows: x.rows, columns: x.columns, zip(x.values, y.values).map(*))).values
    }
    let (ma, mb) = (filtered(a).values, filtered(b).values)
    let (aa, bb, ab) = (products(a, a), products(b, b), products(a, b))
    var sums = Similarity(whole: 0, contrast: 0)
    for i in ma.indices {
      let (x, y) = (ma[i], mb[i])
      let contrast = (2 * (ab[i] - x * y) + c2) / (aa[i] - x * x + bb[i] - y * y + c2)
      sums.contrast += contrast
      sums.whole += contrast * (2 * x * y + c1) / (x * x + y * y + c1)
    }
    let count = Double(ma.count)
    return Similarity(whole: sums.whole / count, contrast: sums.contrast / count)
  }

  /// The weighted mean around each place that a window fits around.
  private static func filtered(_ image: Matrix) -> Matrix {
    let (height, width) = (image.rows, image.columns - window.count + 1)
    var rows = Matrix(
      rows: height, columns: width, [Double](repeating: 0, count: height * width))
    for y in 0..<height {
      for x in 0..<width {
        var sum = 0.0
        for (i, weight) in window.enumerated() { sum += weight * image[y, x + i] }
        rows[y, x] = sum
      }
    }
    let inner = height - window.count + 1
    var result = Matrix(rows: inner, columns: width, [Double](repeating: 0, count: inner * width))
    for y in 0..<inner {
      for x in 0..<width {
        var sum = 0.0
        for (i, weight) in window.enumerated() { sum += weight * rows[y + i, x] }
        result[y, x] = sum
      }
    }
    return result
  }

  /// Means of two by two places; an odd last row or column is left out.
  private static func halved(_ image: Matrix) -> Matrix {
    let (height, width) = (image.rows / 2, image.columns / 2)
    var result = Matrix(rows: height, columns: width, [Double](repeating: 0, count: height * width))
    for y in 0..<height {
      for x in 0..<width {
        let above = image[2 * y, 2 * x] + image[2 * y, 2 * x + 1]
        let below = image[2 * y + 1, 2 * x] + image[2 * y + 1, 2 * x + 1]
        result[y, x] = (above + below) / 4
      }
    }
    return result
  }
}

extension StructuralSimilarity {
  /// The mean MS-SSIM of disjoint pairs of pictures, of rows 0 and 1, 2 and 3…: the *lower*, the more diverse (Odena and
  /// others 2017).
  ///
  /// Rows are pictures of `shape` [C, H, W]; channels are averaged. Pairs share nothing, so the spread of their mean is
  /// an error. Not a number of values where a window does not fit.
  public static func diversity(
    of pictures: Matrix, shape: [Int], range: Double, _ workers: Workers
  ) -> Summary {
    precondition(shape.count == 3 && shape.reduce(1, *) == pictures.columns, "rows are pictures")
    let weights = weights(height: shape[1], width: shape[2])
    guard !weights.isEmpty else { return Summary([.nan]) }
    let size = shape[1] * shape[2]
    let values = workers.map(pictures.rows / 2) { pair in
      var sum = 0.0
      for channel in 0..<shape[0] {
        func plane(_ row: Int) -> Matrix {
          Matrix(columns: shape[2], pictures[row: row].dropFirst(channel * size).prefix(size))
        }
        sum += multiscale(plane(2 * pair), plane(2 * pair + 1), range: range, weights: weights)
      }
      return sum / Double(shape[0])
    }
    return Summary(values)
  }
}
