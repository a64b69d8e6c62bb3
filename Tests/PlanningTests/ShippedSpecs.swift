import Diagnostics
import Foundation
import Lowering
import Modules
import Passes
import Planning
import Spec
import TensorIR
import TestSupport
import Testing

/// The graphs of the shipped specs, placed as a run places them.
enum ShippedSpecs {
  /// Paths below `specs/`.
  static var names: [String] { ShippedSpecFiles.all }

  static func module(_ name: String) throws -> Module {
    let path = ShippedSpecFiles.repository.appending(path: "specs/\(name)").path
    let result = SpecLoader(environment: ["CIFAR10": "/cifar", "IMAGES": "/photos"]).load(
      path: path)
    return lower(try #require(result.experiment, "\(result.diagnostics.rendered)"))
  }
}

extension Module {
  var stateLayout: StateLayout { StateLayout(variables.map { ($0.name, $0.shape) }) }

  /// Variables in the state block, all else in the arena.
  func placement(of function: Function) -> Placement {
    let index = Dictionary(uniqueKeysWithValues: variables.enumerated().map { ($1.name, $0) })
    return Placement(
      inputs: function.inputs.map { source in
        if case .variable(let name) = source, let variable = index[name] {
          .state(variable)
        } else {
          .arena
        }
      },
      results: function.results.map { target in
        if case .variable(let name) = target, let variable = index[name] {
          .state(variable)
        } else {
          .arena
        }
      })
  }
}
