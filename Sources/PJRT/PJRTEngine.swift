import Console
import Diagnostics
import Execution
import Export
import Glibc
import Planning
import TensorIR

/// Runs executables by XLA on the devices of a plugin: variables stay there, samples and draws go there before each step.
///
/// Several devices are replicas: each has a copy of the variables and its samples of every batch, and runs the graph of one
/// of as many ranks.
/// Graphs must be those that other compilers read: unfused, with axes as the spec has them. A function is compiled by XLA
/// when it runs first. A fault of the device ends the process with a message: a step cannot be taken back.
public final class PJRTEngine: Engine {
  private let executables: [Executable]
  private let plugin: Plugin
  private let variables: [DeviceTensor]
  private let inputs: [[DeviceTensor?]]
  private let results: [[DeviceTensor?]]
  private var programs: [DeviceProgram?]

  /// Opens the plugin at `path` with some of its devices; variables are 0.
  ///
  /// - Throws: `Diagnostic` where there is no plugin, or too few devices.
  public init(
    plugin path: String, replicas: Int, layout: StateLayout, executables: [Executable],
    element: ElementType
  ) throws(Diagnostic) {
    let plugin = try Plugin(path: path, replicas: replicas)
    self.plugin = plugin
    self.executables = executables
    variables = layout.shapes.map { DeviceTensor(TensorType($0, element), plugin) }
    inputs = executables.map { executable in
      let (types, places) = (executable.graph.inputTypes, executable.placement.inputs)
      return types.indices.map { input in
        guard places[input] == .arena else { return nil }
        return DeviceTensor(
          types[input], plugin, dealt: executable.pieces?.dealt.contains(input) ?? false)
      }
    }
    results = executables.map { executable in
      zip(executable.graph.results, executable.placement.results).map { id, place in
        place == .arena ? DeviceTensor(executable.graph[id].type, plugin) : nil
      }
    }
    programs = executables.map { _ in nil }
  }

  /// Variables are looked at when a checkpoint is written: to bring all of them here after each step would take longer
  /// than the step.
  public var showsVariables: Bool { false }

  public func state(_ variable: Int) -> [Double] {
    orEnd { try variables[variable].fetch() }
    return variables[variable].doubles
  }

  public func setState(_ variable: Int, _ values: [Double]) { variables[variable].write(values) }

  public func withState<R>(_ variable: Int, _ body: (StateValues) throws -> R) rethrows -> R {
    let tensor = variables[variable]
    orEnd { try tensor.fetch() }
    return try tensor.withBytes { bytes in
      switch tensor.element {
      case .float32: try body(.float32(bytes.bindMemory(to: Float.self)))
      case .float64: try body(.float64(bytes.bindMemory(to: Double.self)))
      }
    }
  }

  public func withInput(
    of index: Int, _ input: Int, _ write: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    guard let tensor = inputs[index][input] else { preconditionFailure("a variable is no input") }
    var values = [Float](repeating: 0, count: tensor.count)
    try values.withUnsafeMutableBufferPointer { try write($0) }
    tensor.write(values.lazy.map { Double($0) })
  }

  public func setScalar(of index: Int, _ input: Int, _ value: Double) {
    inputs[index][input]?.write(CollectionOfOne(value))
  }

  public func run(_ index: Int) {
    orEnd {
      let program = try program(index)
      let placement = executables[index].placement
      let arguments = try placement.inputs.enumerated().map { place, source in
        switch source {
        case .state(let variable): try variables[variable].onDevices()
        case .arena: try inputs[index][place]?.onDevices() ?? []
        }
      }
      let devices = plugin.devices.indices
      let made = try program.run(devices.map { device in arguments.map { $0[device] } })
      for (place, target) in placement.results.enumerated() {
        let buffers = devices.map { made[$0][place] }
        switch target {
        case .state(let variable): variables[variable].take(buffers)
        case .arena: results[index][place]?.take(buffers)
        }
      }
    }
  }

  public func result(of index: Int, _ result: Int) -> [Double] {
    if case .state(let variable) = executables[index].placement.results[result] {
      return state(variable)
    }
    guard let tensor = results[index][result] else { return [] }
    orEnd { try tensor.fetch() }
    return tensor.doubles
  }

  public func scalar(of index: Int, _ result: Int) -> Double { self.result(of: index, result)[0] }

  private func program(_ index: Int) throws -> DeviceProgram {
    if let program = programs[index] { return program }
    let (graph, placement) = (executables[index].graph, executables[index].placement)
    var nextValues: [Int: Int] = [:]
    for (place, source) in placement.inputs.enumerated() {
      if case .state = source { nextValues[place] = placement.results.firstIndex(of: source) }
    }
    let module = StableHLOModule(
      graph, title: graph.name, nextValues: nextValues, ranks: plugin.devices.count)
    let program = try DeviceProgram(module.text, results: graph.results.count, plugin)
    programs[index] = program
    return program
  }

  /// Ends the process where the device fails.
  private func orEnd(_ body: () throws -> Void) {
    do { try body() } catch {
      let reason = (error as? PluginError)?.message ?? "\(error)"
      Terminal.error.show(
        Diagnostic.machine(
          "the device fails: \(reason)",
          hint: "what the last checkpoint has is not lost; 'advas-run resume' goes on from it"))
      exit(Failure.Kind.runTime.rawValue)
    }
  }
}

/// Devices of a plugin.
public struct PJRTDevice: Device {
  /// Path of the plugin.
  public let plugin: String
  /// How many of its devices share each batch.
  public let replicas: Int

  /// The first devices of the plugin at `plugin`, which is opened with the engine.
  public init(plugin: String, replicas: Int) { (self.plugin, self.replicas) = (plugin, replicas) }

  public func makeEngine(
    layout: StateLayout, executables: [Executable], element: ElementType
  ) throws(Diagnostic) -> any Engine {
    try PJRTEngine(
      plugin: plugin, replicas: replicas, layout: layout, executables: executables, element: element
    )
  }
}
