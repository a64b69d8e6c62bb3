import Data
import Diagnostics
import Metrics
import Spec
import Syntax

/// How samples become what a feature network takes: another range, another size, another number of channels.
struct FeatureInput: Sendable {
  /// Of one sample, and of what the network takes.
  private let from: [Int]
  private let to: [Int]
  private let range: ClosedRange<Double>
  private let ownRange: ClosedRange<Double>
  private let quantizes: Bool
  private let filter: ResamplingFilter?
  private let resampling: FloatResampling?

  /// Samples of `shape` in `range`, for a network that takes `own` in `ownRange`.
  ///
  /// - Throws: a diagnostic at the entry of `features` where the one cannot become the other.
  init(
    _ source: FeatureSource, shape: [Int], range: ClosedRange<Double>, own: [Int],
    ownRange: ClosedRange<Double>
  ) throws(Diagnostic) {
    (from, to, quantizes) = (shape, own, source.quantizes)
    (self.range, self.ownRange) = (range, ownRange)
    let arePictures = shape.count == 3 && own.count == 3
    let fits = arePictures && (shape[0] == own[0] || shape[0] == 1 && own[0] == 3)
    guard shape == own || fits else {
      throw Diagnostic(
        .error,
        "the network of '\(source.spec)' takes \(describe(shape: own)), but samples are \(describe(shape: shape))",
        at: source.span)
    }
    let isOfSize = !arePictures || shape.dropFirst() == own.dropFirst()
    guard isOfSize || source.resize != nil else {
      throw Diagnostic(
        .error,
        "the network of '\(source.spec)' takes \(describe(shape: own)), but samples are \(describe(shape: shape))",
        at: source.span, hint: "say how they are resized: resize: bicubic")
    }
    filter = isOfSize ? nil : source.resize
    resampling = filter.map {
      FloatResampling(width: shape[2], height: shape[1], to: own[2], own[1], $0)
    }
  }

  /// What a figure's protocol says of it, after the network; empty where nothing changes but the range.
  var identity: String {
    let size = filter.map {
      "resized from \(from[1])x\(from[2]) to \(to[1])x\(to[2]) by \($0.rawValue)"
    }
    let parts = [
      quantizes ? "rounded to 256 levels" : nil, from[0] == to[0] ? nil : "grey in 3 channels",
      size,
    ].compactMap { $0 }
    return parts.isEmpty ? "" : ", " + parts.joined(separator: ", ")
  }

  /// Fills the network's input with a batch of samples, zeros behind them.
  func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, with samples: ArraySlice<Float>,
    _ workers: Workers
  ) {
    let (size, newSize) = (from.reduce(1, *), to.reduce(1, *))
    let count = samples.count / size
    nonisolated(unsafe) let target = buffer
    _ = workers.map(count) { sample in
      let start = samples.startIndex + sample * size
      fill(
        UnsafeMutableBufferPointer(rebasing: target[sample * newSize..<(sample + 1) * newSize]),
        with: samples[start..<start + size])
    }
    for i in count * newSize..<buffer.count { buffer[i] = 0 }
  }

  private func fill(_ target: UnsafeMutableBufferPointer<Float>, with sample: ArraySlice<Float>) {
    guard resampling != nil || quantizes || from != to else {
      let scale =
        (ownRange.upperBound - ownRange.lowerBound) / (range.upperBound - range.lowerBound)
      let shift = ownRange.lowerBound - range.lowerBound * scale
      for (i, value) in zip(target.indices, sample) {
        target[i] = Float(Double(value) * scale + shift)
      }
      return
    }
    // Pictures are resized as files have them, from 0 to 255, and what overshoots is cut off (Parmar and others 2022).
    let scale = 255 / (range.upperBound - range.lowerBound)
    let ownScale = (ownRange.upperBound - ownRange.lowerBound) / 255
    let levels = sample.map { value -> Float in
      let level = (Double(value) - range.lowerBound) * scale
      return Float(quantizes ? min(max(level.rounded(), 0), 255) : level)
    }
    let (plane, newPlane) = (levels.count / from[0], target.count / to[0])
    let planes = (0..<from[0]).map { channel in
      let values = Array(levels[channel * plane..<(channel + 1) * plane])
      return resampling?.resized(values).map { min(max($0, 0), 255) } ?? values
    }
    for channel in 0..<to[0] {
      for (i, level) in planes[min(channel, from[0] - 1)].enumerated() {
        target[channel * newPlane + i] = Float(Double(level) * ownScale + ownRange.lowerBound)
      }
    }
  }
}
