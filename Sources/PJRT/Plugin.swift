import CPJRT
import Diagnostics
import Glibc

/// What a plugin says when it refuses.
struct PluginError: Error {
  let message: String
}

/// A plugin of PJRT: XLA for one kind of device behind a table of C functions (openxla/xla, `xla/pjrt/c/pjrt_c_api.h`).
///
/// It is opened at run time, and no part of a build. Every struct says its size, by which plugins that are newer or older
/// than our header know what is in it.
final class Plugin {
  let api: UnsafePointer<PJRT_Api>
  let client: OpaquePointer
  /// Those that share each batch.
  let devices: [OpaquePointer]

  /// Opens the plugin at `path`, and the first `replicas` of its devices.
  ///
  /// - Throws: `Diagnostic` where there is no plugin, or too few devices.
  init(path: String, replicas: Int) throws(Diagnostic) {
    api = try Self.open(path)
    let found: UnsafeBufferPointer<OpaquePointer?>
    do {
      var initialize = PJRT_Plugin_Initialize_Args()
      initialize.struct_size = MemoryLayout.size(ofValue: initialize)
      try Self.check(api.pointee.PJRT_Plugin_Initialize?(&initialize), api)
      var create = PJRT_Client_Create_Args()
      create.struct_size = MemoryLayout.size(ofValue: create)
      try Self.check(api.pointee.PJRT_Client_Create?(&create), api)
      guard let client = create.client else { throw PluginError(message: "it makes no client") }
      self.client = client
      var list = PJRT_Client_AddressableDevices_Args()
      list.struct_size = MemoryLayout.size(ofValue: list)
      list.client = client
      try Self.check(api.pointee.PJRT_Client_AddressableDevices?(&list), api)
      found = UnsafeBufferPointer(
        start: list.addressable_devices, count: list.num_addressable_devices)
    } catch {
      let reason = (error as? PluginError)?.message ?? "\(error)"
      throw Diagnostic.machine(
        "the plugin '\(path)' does not start: \(reason)",
        hint: "it may need a device or libraries that are not here")
    }
    devices = found.prefix(replicas).compactMap(\.self)
    guard devices.count == replicas else {
      throw Diagnostic(
        .error,
        "--devices asks for \(replicas), and the plugin '\(path)' has \(found.count) here",
        hint: found.isEmpty ? "it needs a device" : "ask for at most \(found.count)")
    }
  }

  /// Frees the client with the memory that it holds: the next run of a sweep makes one of its own.
  deinit {
    var destroy = PJRT_Client_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.client = client
    _ = api.pointee.PJRT_Client_Destroy?(&destroy)
  }

  private static func open(_ path: String) throws(Diagnostic) -> UnsafePointer<PJRT_Api> {
    // A name without a slash is looked for in the folders of the system alone.
    let isHere = !path.contains("/") && access(path, F_OK) == 0
    guard let library = dlopen(isHere ? "./\(path)" : path, RTLD_NOW | RTLD_LOCAL) else {
      throw Diagnostic(
        .error, "cannot open the plugin '\(path)': \(String(cString: dlerror()))",
        hint:
          "a plugin is a shared library with the function GetPjrtApi, as the wheels jax-cuda13-pjrt and the like have"
      )
    }
    typealias GetAPI = @convention(c) () -> UnsafePointer<PJRT_Api>?
    guard let symbol = dlsym(library, "GetPjrtApi"),
      let api = unsafeBitCast(symbol, to: GetAPI.self)()
    else {
      throw Diagnostic(
        .error, "'\(path)' is no plugin of PJRT: it has no GetPjrtApi",
        hint: "the library of jaxlib is none; see Docs/CLUSTER.md for those that are")
    }
    guard api.pointee.pjrt_api_version.major_version == PJRT_API_MAJOR else {
      throw Diagnostic(
        .error, "the plugin '\(path)' has another major version of PJRT than \(PJRT_API_MAJOR)",
        hint: "take one of this version")
    }
    return api
  }

  func check(_ error: OpaquePointer??) throws { try Self.check(error, api) }

  /// Throws what an error says, and frees it; a function that the plugin lacks is an error, too.
  private static func check(_ error: OpaquePointer??, _ api: UnsafePointer<PJRT_Api>) throws {
    guard let result = error else { throw PluginError(message: "it lacks a function") }
    guard let error = result else { return }
    var message = PJRT_Error_Message_Args()
    message.struct_size = MemoryLayout.size(ofValue: message)
    message.error = error
    api.pointee.PJRT_Error_Message?(&message)
    let text = String(
      decoding: UnsafeRawBufferPointer(start: message.message, count: message.message_size),
      as: UTF8.self)
    var destroy = PJRT_Error_Destroy_Args()
    destroy.struct_size = MemoryLayout.size(ofValue: destroy)
    destroy.error = error
    api.pointee.PJRT_Error_Destroy?(&destroy)
    throw PluginError(message: text)
  }

  /// Waits for an event, and frees it.
  func wait(for event: OpaquePointer?) throws {
    guard let event else { return }
    defer {
      var destroy = PJRT_Event_Destroy_Args()
      destroy.struct_size = MemoryLayout.size(ofValue: destroy)
      destroy.event = event
      _ = api.pointee.PJRT_Event_Destroy?(&destroy)
    }
    var wait = PJRT_Event_Await_Args()
    wait.struct_size = MemoryLayout.size(ofValue: wait)
    wait.event = event
    try check(api.pointee.PJRT_Event_Await?(&wait))
  }
}
