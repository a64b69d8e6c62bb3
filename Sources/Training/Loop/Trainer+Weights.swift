import Compilation
import Data
import Diagnostics
import Execution
import Modules
import TensorIR

extension Trainer {
  /// Puts the first weights of networks that have them in files into the engine, into averages of them too.
  ///
  /// - Throws: a diagnostic at the place of a file that cannot be read, or is another network's.
  func readWeights() throws(Diagnostic) {
    let module = compiled.module
    var read: Set<String> = []
    for network in module.networks {
      guard let source = module.weights[network] else { continue }
      let file: SafetensorsFile
      do throws(Diagnostic) {
        file = try SafetensorsFile(path: source.path)
      } catch { throw error.located(at: source.span) }
      let weights = try FirstWeights(
        of: source, shapes: file.tensors.mapValues(\.shape), network: network,
        variables: module.variables)
      for (name, tensor) in weights.sources {
        guard let values = file.tensors[tensor]?.doubles else { continue }
        write(values, to: name)
        read.insert(name)
      }
    }
    startVectors { pair in
      read.contains(pair.weight.withoutAverage)
        && !(read.contains(pair.u.name.withoutAverage) && read.contains(pair.v.name.withoutAverage))
    }
  }

  /// Into the variable of this name, its average and what stands in for it within a round.
  private func write(_ values: [Double], to name: String) {
    for (index, variable) in compiled.module.variables.enumerated()
    where variable.name.withoutAverage == name || variable.role == .shadow(of: name) {
      engine.setState(index, values)
    }
  }
}

extension String {
  /// The name of the variable that one of this name is the average of; itself for others.
  fileprivate var withoutAverage: String {
    hasPrefix("ema/") ? String(dropFirst("ema/".count)) : self
  }
}

extension CompiledExperiment {
  /// Throws where a file of first weights is missing, or is another network's; only headers are read.
  public func requireWeights() throws(Diagnostic) {
    for (network, source) in module.weights.sorted(by: { $0.key < $1.key }) {
      do throws(Diagnostic) {
        _ = try FirstWeights(
          of: source, shapes: try SafetensorsFile.shapes(in: source.path), network: network,
          variables: module.variables)
      } catch { throw error.located(at: source.span) }
    }
  }
}
