import COneDNN
import TensorIR

/// A convolution primitive of oneDNN for one batch size.
final class LibraryPrimitive {
  let handle: OpaquePointer

  /// Nil where oneDNN is not built in, or has no fast kernel for the shape.
  init?(_ kernel: ConvolutionKernel, batch: Int) {
    let g = kernel.geometry
    func pair(_ values: [Int]) -> (Int64, Int64) { (Int64(values[0]), Int64(values[1])) }
    var geometry = od_geometry(
      batch: Int64(batch), in_channels: Int64(g.inChannels), out_channels: Int64(g.outChannels),
      groups: Int64(g.groups), in_size: pair(g.inSize), out_size: pair(g.outSize),
      kernel: pair(g.kernel), stride: pair(g.stride), low: pair(g.padLow),
      dilation: pair(g.dilation))
    let direction =
      switch kernel.direction {
      case .forward: OD_FORWARD
      case .inputGradient: OD_INPUT_GRADIENT
      case .filterGradient: OD_FILTER_GRADIENT
      }
    guard let handle = od_convolution_create(&geometry, direction) else { return nil }
    self.handle = handle
  }

  deinit { od_convolution_destroy(handle) }

  /// Floats of a filter in oneDNN's order, rounded up to a cache line.
  var packedCount: Int { ceilingDivide(Int(od_packed_bytes(handle)), 64) * 16 }

  /// `true` iff both keep the filter in the same order, so that they can share it.
  func packsAlike(_ other: LibraryPrimitive) -> Bool { od_packs_alike(handle, other.handle) != 0 }

  /// Floats of working memory of one call.
  var scratchCount: Int { ceilingDivide(Int(od_scratch_bytes(handle)), 64) * 16 }
}

/// A primitive with all its addresses.
final class LibraryCall {
  let handle: OpaquePointer?
  private let primitive: LibraryPrimitive

  init(
    _ primitive: LibraryPrimitive, x: UnsafeMutablePointer<Float>,
    filter: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, workers: Int
  ) {
    self.primitive = primitive
    handle = od_call_create(primitive.handle, x, filter, y, scratch, Int64(workers))
  }

  deinit { if let handle { od_call_destroy(handle) } }
}

/// A reordering of a filter.
final class LibraryPacking {
  let handle: OpaquePointer?
  private let primitive: LibraryPrimitive

  init(
    _ primitive: LibraryPrimitive, plain: UnsafeMutablePointer<Float>,
    packed: UnsafeMutablePointer<Float>, packs: Bool
  ) {
    self.primitive = primitive
    handle = od_packing_create(primitive.handle, plain, packed, packs ? 1 : 0)
  }

  deinit { if let handle { od_packing_destroy(handle) } }
}
