import Planning
import TensorIR

/// What a step in pieces needs beside the arena, which each piece uses anew.
final class PieceMemory {
  /// How the executable goes through its samples.
  let pieces: Pieces
  /// By input, the values that a caller wrote: of all pieces, or what all of them read.
  private var inputs: [Int: [Float]] = [:]
  /// Parts of variables that steps before the last pass write, and what they held before the first piece.
  private let early: [Region]
  private var before: [[Float]] = []
  /// Of dealt inputs the samples of one piece.
  private let samples: [Int: Int]

  /// `early` are the program's steps that are run before the last pass.
  init(_ pieces: Pieces, of executable: Executable, early: [Int]) {
    self.pieces = pieces
    let program = executable.program
    let types = executable.graph.inputTypes
    samples = Dictionary(uniqueKeysWithValues: pieces.dealt.map { ($0, types[$0].shape[0]) })
    for (index, region) in program.inputs.enumerated()
    where region.space == .arena && (region.count > 1 || pieces.dealt.contains(index)) {
      let count = pieces.dealt.contains(index) ? region.count * pieces.count : region.count
      inputs[index] = [Float](repeating: 0, count: count)
    }
    self.early = early.map { program.steps[$0].result }
      .filter { $0.space == .state && $0.count > 0 }
  }

  /// Lends an input for writing; `false` where the step reads it where a caller of the arena writes.
  func withInput(
    _ index: Int, _ write: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows -> Bool {
    guard inputs[index] != nil else { return false }
    try inputs[index, default: []].withUnsafeMutableBufferPointer { try write($0) }
    return true
  }

  /// Writes the inputs of a piece into the arena.
  func load(
    piece: Int, of program: Program, into arena: UnsafeMutablePointer<Float>
  ) {
    for (index, values) in inputs {
      let region = program.inputs[index]
      let target = arena + region.offset
      values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress else { return }
        guard let samples = samples[index] else {
          return target.update(from: source, count: region.count)
        }
        let blocks = CollectiveKernel.Blocks(
          outer: 1, count: samples * pieces.count, inner: region.count / samples)
        blocks.forEachSample(of: piece, of: pieces.count) { whole, part in
          (target + part).update(from: source + whole, count: blocks.inner)
        }
      }
    }
  }

  /// Notes the variables that will be written before the last pass.
  func note(_ state: UnsafeMutablePointer<Float>) {
    before = early.map {
      Array(UnsafeBufferPointer(start: state + $0.offset, count: $0.count))
    }
  }

  /// Gives them back what they held, for another piece or the last pass.
  func restore(_ state: UnsafeMutablePointer<Float>) {
    for (region, values) in zip(early, before) {
      values.withUnsafeBufferPointer {
        if let base = $0.baseAddress { (state + region.offset).update(from: base, count: $0.count) }
      }
    }
  }
}
