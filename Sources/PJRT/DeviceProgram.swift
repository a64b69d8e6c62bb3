import CPJRT

/// A module that a plugin has compiled.
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
    let build: [UInt8] = [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01, 0x20, 1, 0x28, 1]
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

  /// The results of one run, new buffers of the device; those of donated arguments are gone afterwards.
  func run(_ arguments: [OpaquePointer?]) throws -> [OpaquePointer?] {
    var results = [OpaquePointer?](repeating: nil, count: resultCount)
    var event: OpaquePointer?
    var options = PJRT_ExecuteOptions()
    options.struct_size = MemoryLayout.size(ofValue: options)
    var execute = PJRT_LoadedExecutable_Execute_Args()
    execute.struct_size = MemoryLayout.size(ofValue: execute)
    execute.executable = executable
    (execute.num_devices, execute.num_args) = (1, arguments.count)
    try arguments.withUnsafeBufferPointer { arguments in
      try results.withUnsafeMutableBufferPointer { results in
        var (ins, outs) = (arguments.baseAddress, results.baseAddress)
        try withUnsafePointer(to: &ins) { ins in
          try withUnsafePointer(to: &outs) { outs in
            try withUnsafeMutablePointer(to: &options) { options in
              try withUnsafeMutablePointer(to: &event) { event in
                execute.argument_lists = ins
                execute.output_lists = outs
                execute.options = options
                execute.device_complete_events = event
                try plugin.check(plugin.api.pointee.PJRT_LoadedExecutable_Execute?(&execute))
              }
            }
          }
        }
      }
    }
    try plugin.wait(for: event)
    return results
  }
}
