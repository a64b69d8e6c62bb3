import Diagnostics
import Glibc
import Modules
import TensorIR

/// Values on paths from draw 2r to draw 2r + 1 of a stream, `steps` of them on path r, both ends among them.
///
/// Of normal values the path is a great arc, which stays where such values are (Shoemake 1985, SIGGRAPH; White 2016,
/// arXiv:1609.04468), of others a line; classes, and what a network draws besides, stay those of the path's beginning.
struct LatentPath {
  enum Course { case arc, line, still }

  let source: StepInputs.Source
  let course: Course
  let steps: Int
  /// Samples in a batch.
  let batch: Int

  /// Writes the values of the samples of batch `index`.
  func fill(_ buffer: UnsafeMutableBufferPointer<Float>, batch index: Int) {
    let size = buffer.count / batch
    // Neighbours on a path, and paths beside each other, are made of the same few batches.
    var known: [Int: [Float]] = [:]
    func draw(_ number: Int) -> ArraySlice<Float> {
      let values = known[number / batch] ?? values(ofBatch: number / batch, count: buffer.count)
      known[number / batch] = values
      return values[number % batch * size..<(number % batch + 1) * size]
    }
    for sample in 0..<batch {
      let place = index * batch + sample
      let (path, step) = (place / steps, place % steps)
      let first = draw(2 * path)
      let values =
        course == .still
        ? Array(first)
        : Self.between(first, draw(2 * path + 1), Double(step) / Double(steps - 1), course)
      for (offset, value) in values.enumerated() { buffer[sample * size + offset] = value }
    }
  }

  private func values(ofBatch index: Int, count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.initialize(repeating: 0)
      // What is drawn has no faults.
      try? StepInputs.fill(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), source, count: index)
      filled = count
    }
  }

  /// The point at `share` of the way from `a` to `b`.
  static func between(
    _ a: ArraySlice<Float>, _ b: ArraySlice<Float>, _ share: Double, _ course: Course
  ) -> [Float] {
    let pairs = zip(a, b).map { (Double($0), Double($1)) }
    func norm(_ values: some Sequence<Double>) -> Double {
      values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let cosine =
      pairs.reduce(0) { $0 + $1.0 * $1.1 }
      / (norm(pairs.lazy.map(\.0)) * norm(pairs.lazy.map(\.1)))
    let angle = acos(max(-1, min(1, cosine)))
    // Of values on one line with the origin, as single numbers are, there is no arc.
    let isArc = course == .arc && sin(angle) > 1e-6
    let weights =
      isArc
      ? (sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle))
      : (1 - share, share)
    return pairs.map { Float(weights.0 * $0.0 + weights.1 * $0.1) }
  }
}

extension StepInputs {
  /// Makes samples follow paths of `steps` samples each.
  ///
  /// - Throws: a diagnostic where they are made of data, which has no values between.
  mutating func follow(pathsOf steps: Int) throws(Diagnostic) {
    for index in inputs.indices {
      let entry = inputs[index]
      guard entry.shape.rank > 0, let batch = entry.shape.dimensions.first else { continue }
      let course: LatentPath.Course
      switch entry.source {
      case .variable, .scalar, .path, .fixed: continue
      case .batch:
        throw Diagnostic(
          .error, "there is no path between samples of data, which '\(entry.name)' is",
          hint: "leave --interpolate away")
      case .everyClass: course = .still
      case .random(_, .normal), .random(_, .truncated): course = entry.isLatent ? .arc : .still
      case .random(_, .uniform): course = entry.isLatent ? .line : .still
      case .random(_, .classes): course = .still
      }
      inputs[index].source = .path(
        LatentPath(source: entry.source, course: course, steps: steps, batch: batch))
    }
  }
}

extension InputSource {
  /// `true` iff it is a stream of the spec.
  var isStream: Bool { if case .stream = self { true } else { false } }
}
