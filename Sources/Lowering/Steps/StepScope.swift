import Modules
import Spec
import TensorIR

/// What one step sees of the graph that it is written into: which inputs are its own, and what its variables are.
struct StepScope {
  let player: String
  /// Goes before the names of inputs that are the player's own; empty in a graph of one step.
  var prefix = ""
  /// Streams of which the i-th steps of all players in a round see the same batch.
  var shared: Set<String> = []
  /// Variables that are read in place of others, by the name of those.
  var aliases: [String: String] = [:]
  /// What earlier steps of the graph have made of variables; constants for derivatives.
  var moved: [String: Tensor] = [:]

  /// The name of the variable that is read where `name` is meant.
  func storedName(of name: String) -> String { aliases[name] ?? name }

  /// A variable, or what is read in its place.
  func variable(_ name: String, _ shape: Shape, _ builder: GraphBuilder) -> Tensor {
    stored(storedName(of: name), shape, builder)
  }

  /// The variable of exactly this name.
  func stored(_ name: String, _ shape: Shape, _ builder: GraphBuilder) -> Tensor {
    moved[name] ?? builder.input(name, shape)
  }

  /// The name of the graph input that `source` writes.
  func inputName(of source: InputSource) -> String {
    switch source {
    case .variable(let name): name
    case .stream(let name, _): (shared.contains(name) ? "" : prefix) + source.name
    case .draw, .scalar: prefix + source.name
    }
  }

  /// The input that `source` writes, the step's own unless all players share it.
  func port(_ source: InputSource) -> Port {
    switch source {
    case .variable: Port(source, owner: nil)
    case .stream(let name, _): Port(source, owner: shared.contains(name) ? nil : player)
    case .draw, .scalar: Port(source, owner: player)
    }
  }
}
