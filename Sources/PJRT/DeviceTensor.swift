import CPJRT
import TensorIR

/// A value on the device, on the host, or on both alike.
final class DeviceTensor {
  private let plugin: Plugin
  let element: ElementType
  private let sizes: [Int64]
  private let memory: UnsafeMutableRawBufferPointer
  private var buffer: OpaquePointer?
  private var isNewerOnHost = true
  private var isNewerOnDevice = false

  /// Elements.
  let count: Int

  /// Zeros on the host.
  init(_ type: TensorType, _ plugin: Plugin) {
    self.plugin = plugin
    element = type.element
    sizes = type.shape.dimensions.map { Int64($0) }
    count = type.shape.count
    memory = .allocate(byteCount: count * type.element.byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    release()
    memory.deallocate()
  }

  private func release() {
    guard let buffer else { return }
    var destroy = PJRT_Buffer_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.buffer = buffer
    _ = plugin.api.pointee.PJRT_Buffer_Destroy?(&destroy)
    self.buffer = nil
  }

  // MARK: On the device

  /// The device's buffer, with what is newest.
  func onDevice() throws -> OpaquePointer? {
    if isNewerOnHost { try upload() }
    return buffer
  }

  /// Takes a buffer that the device has computed.
  func take(_ buffer: OpaquePointer?) {
    release()
    self.buffer = buffer
    (isNewerOnHost, isNewerOnDevice) = (false, true)
  }

  private func upload() throws {
    release()
    var copy = PJRT_Client_BufferFromHostBuffer_Args()
    copy.struct_size = MemoryLayout.size(ofValue: copy)
    copy.client = plugin.client
    copy.device = plugin.device
    copy.data = UnsafeRawPointer(memory.baseAddress)
    copy.type = element == .float32 ? PJRT_Buffer_Type_F32 : PJRT_Buffer_Type_F64
    copy.host_buffer_semantics = PJRT_HostBufferSemantics_kImmutableOnlyDuringCall
    try sizes.withUnsafeBufferPointer { sizes in
      copy.dims = sizes.baseAddress
      copy.num_dims = sizes.count
      try plugin.check(plugin.api.pointee.PJRT_Client_BufferFromHostBuffer?(&copy))
    }
    try plugin.wait(for: copy.done_with_host_buffer)
    buffer = copy.buffer
    isNewerOnHost = false
  }

  // MARK: On the host

  /// Lends the values for reading and writing; what is written goes to the device before it is read there.
  func withBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
    // A snapshot reads all variables, which then need not travel back.
    let before = isNewerOnHost ? [] : Array(memory)
    defer { if !isNewerOnHost { isNewerOnHost = !memory.elementsEqual(before) } }
    return try body(memory)
  }

  /// Brings what is newest to the host.
  func fetch() throws {
    guard isNewerOnDevice, let buffer else { return }
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

  /// Writes values on the host.
  func write(_ values: some Sequence<Double>) {
    isNewerOnHost = true
    switch element {
    case .float32:
      let target = memory.bindMemory(to: Float.self)
      for (i, value) in values.enumerated() { target[i] = Float(value) }
    case .float64: _ = memory.bindMemory(to: Double.self).update(from: values)
    }
  }
}
