import CPJRT

/// A module that a plugin has compiled for its devices, each of which runs it as a replica.
final class DeviceProgram {
  private let plugin: Plugin
  private let executable: OpaquePointer?
  private let resultCount: Int

  /// Compiles a module of StableHLO in MLIR's text form.
  init(_ module: String, results: Int, _ plugin: Plugin) throws {
    self.plugin = plugin
    resultCount = results
    var (code, format) = (Array(module.utf8CString), Array("mlir".utf8CString))
    // CompileOptionsProto {3: ExecutableBuildOptionsProto {1: device_ordinal = -1, 4: num_replicas = 1,
    // 5: num_partitions = 1}}
    let build: [UInt8] =
      [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01, 0x20]
      + varint(plugin.devices.count) + [0x28, 1]
    let options = [0x1a, UInt8(build.count)] + build
    var compile = PJRT_Client_Compile_Args()
    compile.struct_size = MemoryLayout.size(ofValue: compile)
    compile.client = plugin.client
    try code.withUnsafeMutableBufferPointer { code in
      try format.withUnsafeMutableBufferPointer { format in
        try options.withUnsafeBytes { options in
          var program = PJRT_Program()
          program.struct_size = MemoryLayout.size(ofValue: program)
          (program.code, program.code_size) = (code.baseAddress, code.count - 1)
          program.format = UnsafePointer(format.baseAddress)
          program.format_size = format.count - 1
          compile.compile_options = options.baseAddress?.assumingMemoryBound(to: CChar.self)
          compile.compile_options_size = options.count
          try withUnsafePointer(to: &program) { program in
            compile.program = program
            try plugin.check(plugin.api.pointee.PJRT_Client_Compile?(&compile))
          }
        }
      }
    }
    executable = compile.executable
  }

  deinit {
    var destroy = PJRT_LoadedExecutable_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.executable = executable
    _ = plugin.api.pointee.PJRT_LoadedExecutable_Destroy?(&destroy)
  }

  /// The results of one run, new buffers of each device; those of donated arguments are gone afterwards.
  ///
  /// - Parameter arguments: by device, those of the module in their order.
  /// - Returns: by device, the results of the module in their order.
  /// - Throws: `PluginError` where the device fails.
  func run(_ arguments: [[OpaquePointer?]]) throws -> [[OpaquePointer?]] {
    let devices = plugin.devices.count
    var given = arguments.flatMap(\.self)
    var results = [OpaquePointer?](repeating: nil, count: devices * resultCount)
    var events = [OpaquePointer?](repeating: nil, count: devices)
    var options = PJRT_ExecuteOptions()
    options.struct_size = MemoryLayout.size(ofValue: options)
    var execute = PJRT_LoadedExecutable_Execute_Args()
    execute.struct_size = MemoryLayout.size(ofValue: execute)
    execute.executable = executable
    (execute.num_devices, execute.num_args) = (devices, arguments[0].count)
    try given.withUnsafeMutableBufferPointer { given in
      try results.withUnsafeMutableBufferPointer { results in
        var ins = rows(given, of: arguments[0].count).map { $0.map { UnsafePointer($0) } }
        var outs = rows(results, of: resultCount)
        try ins.withUnsafeMutableBufferPointer { ins in
          try outs.withUnsafeMutableBufferPointer { outs in
            try events.withUnsafeMutableBufferPointer { events in
              try withUnsafeMutablePointer(to: &options) { options in
                execute.argument_lists = UnsafePointer(ins.baseAddress)
                execute.output_lists = UnsafePointer(outs.baseAddress)
                execute.options = options
                execute.device_complete_events = events.baseAddress
                try plugin.check(plugin.api.pointee.PJRT_LoadedExecutable_Execute?(&execute))
              }
            }
          }
        }
      }
    }
    for event in events { try plugin.wait(for: event) }
    return (0..<devices).map { Array(results[$0 * resultCount..<($0 + 1) * resultCount]) }
  }
}

/// Where each row of a table begins.
private func rows<T>(
  _ table: UnsafeMutableBufferPointer<T>, of count: Int
) -> [UnsafeMutablePointer<T>?] {
  guard count > 0 else { return [] }
  return stride(from: 0, to: table.count, by: count).map { start in
    table.baseAddress.map { $0 + start }
  }
}

/// A number of a protocol buffer.
private func varint(_ value: Int) -> [UInt8] {
  value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
}
