import CPJRT
import TensorIR

/// A value on the devices, on the host, or on both alike.
///
/// Devices have the same value each, or the samples of a batch are dealt to them: sample i to device i mod R.
final class DeviceTensor {
  private let plugin: Plugin
  let element: ElementType
  private let sizes: [Int64]
  private let memory: UnsafeMutableRawBufferPointer
  /// Of each device; none before the first upload.
  private var buffers: [OpaquePointer?] = []
  /// A device's samples, while they go there.
  private let part: UnsafeMutableRawBufferPointer?
  private var isNewerOnHost = true
  private var isNewerOnDevice = false

  /// Elements, of all devices where samples are dealt.
  let count: Int

  /// Zeros on the host; `type` is that of one device.
  init(_ type: TensorType, _ plugin: Plugin, dealt: Bool = false) {
    self.plugin = plugin
    element = type.element
    sizes = type.shape.dimensions.map { Int64($0) }
    let size = type.shape.count * type.element.byteCount
    part = dealt ? .allocate(byteCount: size, alignment: 64) : nil
    count = type.shape.count * (dealt ? plugin.devices.count : 1)
    memory = .allocate(byteCount: count * type.element.byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    release()
    memory.deallocate()
    part?.deallocate()
  }

  private func release() {
    for buffer in buffers {
      guard let buffer else { continue }
      var destroy = PJRT_Buffer_Destroy_Args()
      destroy.struct_size = MemoryLayout.size(ofValue: destroy)
      destroy.buffer = buffer
      _ = plugin.api.pointee.PJRT_Buffer_Destroy?(&destroy)
    }
    buffers = []
  }

  // MARK: On the devices

  /// The buffer of each device, with what is newest.
  func onDevices() throws -> [OpaquePointer?] {
    if isNewerOnHost {
      release()
      for (place, device) in plugin.devices.enumerated() {
        buffers.append(try upload(UnsafeRawBufferPointer(values(for: place)), to: device))
      }
      isNewerOnHost = false
    }
    return buffers
  }

  /// Takes the buffers that the devices have computed.
  func take(_ buffers: [OpaquePointer?]) {
    release()
    self.buffers = buffers
    (isNewerOnHost, isNewerOnDevice) = (false, true)
  }

  /// What device `place` has of the values on the host.
  private func values(for place: Int) -> UnsafeMutableRawBufferPointer {
    guard let part, let samples = sizes.first, samples > 0 else { return memory }
    let devices = plugin.devices.count
    let blocks = CollectiveKernel.Blocks(
      outer: 1, count: Int(samples) * devices, inner: part.count / Int(samples))
    blocks.forEachSample(of: place, of: devices) { whole, own in
      UnsafeMutableRawBufferPointer(rebasing: part[own...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[whole..<whole + blocks.inner]))
    }
    return part
  }

  private func upload(
    _ values: UnsafeRawBufferPointer, to device: OpaquePointer
  ) throws -> OpaquePointer? {
    var copy = PJRT_Client_BufferFromHostBuffer_Args()
    copy.struct_size = MemoryLayout.size(ofValue: copy)
    copy.client = plugin.client
    copy.device = device
    copy.data = values.baseAddress
    copy.type = element == .float32 ? PJRT_Buffer_Type_F32 : PJRT_Buffer_Type_F64
    copy.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall
    try sizes.withUnsafeBufferPointer { sizes in
      copy.dims = sizes.baseAddress
      copy.num_dims = sizes.count
      try plugin.check(plugin.api.pointee.PJRT_Client_BufferFromHostBuffer?(&copy))
    }
    try plugin.wait(for: copy.done_with_host_buffer)
    return copy.buffer
  }

  // MARK: On the host

  /// Lends the values for reading and writing; what is written goes to the device before it is read there.
  func withBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
    // A snapshot reads all variables, which then need not travel back.
    let before = isNewerOnHost ? [] : Array(memory)
    defer { if !isNewerOnHost { isNewerOnHost = !memory.elementsEqual(before) } }
    return try body(memory)
  }

  /// Brings what is newest to the host; devices have computed the same.
  func fetch() throws {
    guard isNewerOnDevice, let buffer = buffers.first else { return }
    var copy = PJRT_Buffer_ToHostBuffer_Args()
    copy.struct_size = MemoryLayout.size(ofValue: copy)
    copy.src = buffer
    copy.dst = memory.baseAddress
    copy.dst_size = memory.count
    try plugin.check(plugin.api.pointee.PJRT_Buffer_ToHostBuffer?(&copy))
    try plugin.wait(for: copy.event)
    isNewerOnDevice = false
  }

  /// The values in double precision, as they are on the host.
  var doubles: [Double] {
    switch element {
    case .float32: memory.bindMemory(to: Float.self).map { Double($0) }
    case .float64: Array(memory.bindMemory(to: Double.self))
    }
  }

  /// Writes all values on the host, whatever the devices have computed.
  func write(_ values: some Sequence<Double>) {
    (isNewerOnHost, isNewerOnDevice) = (true, false)
    switch element {
    case .float32:
      let target = memory.bindMemory(to: Float.self)
      for (i, value) in values.enumerated() { target[i] = Float(value) }
    case .float64: _ = memory.bindMemory(to: Double.self).update(from: values)
    }
  }
}
