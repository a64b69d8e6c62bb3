import Diagnostics
import Glibc
import Modules
import Random
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
  /// Where the one sample of a path is; nil for samples from end to end.
  var place: Place?

  /// A place on each path.
  struct Place {
    /// Draws it from 0 to 1; nil for the path's beginning.
    let stream: RandomStream?
    /// How far behind that it is.
    let offset: Double

    func share(ofPath path: Int) -> Double {
      (stream?.uniform(at: path, step: 0) ?? 0) + offset
    }
  }

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
      let share = self.place?.share(ofPath: path) ?? Double(step) / Double(steps - 1)
      let first = draw(2 * path)
      let values =
        course == .still
        ? Array(first)
        : Self.between(first, draw(2 * path + 1), share, course)
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
    try follow { LatentPath(source: $0, course: $1, steps: steps, batch: $2) }
  }

  /// Makes each sample one of a path of its own, at `place`.
  ///
  /// - Throws: a diagnostic where they are made of data, which has no values between.
  mutating func follow(pathsAt place: LatentPath.Place) throws(Diagnostic) {
    try follow { LatentPath(source: $0, course: $1, steps: 1, batch: $2, place: place) }
  }

  private mutating func follow(
    _ path: (Source, LatentPath.Course, Int) -> LatentPath
  ) throws(Diagnostic) {
    for index in inputs.indices {
      let entry = inputs[index]
      guard entry.shape.rank > 0, let batch = entry.shape.dimensions.first else { continue }
      let course: LatentPath.Course
      switch entry.source {
      case .variable, .scalar, .path, .fixed: continue
      case .batch:
        throw Diagnostic(
          .error, "there is no path between samples of data, which '\(entry.name)' is",
          hint: "paths lead between latent values alone")
      case .everyClass: course = .still
      case .random(_, .normal), .random(_, .truncated): course = entry.isLatent ? .arc : .still
      case .random(_, .uniform): course = entry.isLatent ? .line : .still
      case .random(_, .classes): course = .still
      }
      inputs[index].source = .path(path(entry.source, course, batch))
    }
  }
}

extension InputSource {
  /// `true` iff it is a stream of the spec.
  var isStream: Bool { if case .stream = self { true } else { false } }
}
