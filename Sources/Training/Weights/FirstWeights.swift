import Data
import Diagnostics
import Modules
import TensorIR

/// The tensors of a file by the variables of a network that they are the first values of.
struct FirstWeights {
  /// Shapes in the file, by the names that it has.
  typealias Shapes = [String: [Int]]

  /// The name in the file of each variable's values.
  private(set) var sources: [String: String] = [:]

  /// PyTorch counts batches in its norms; nothing here depends on that.
  private static let uncounted = NamePattern("*num_batches_tracked")

  /// Finds the variables of `network` among those of a module.
  ///
  /// Names with the network's own in front count; where none has it, all do. A tensor may have further axes of one
  /// element, and vectors of spectral norm may be missing.
  ///
  /// - Throws: a diagnostic that names all that is missing, left over or of another shape.
  init(
    of file: WeightFile, shapes: Shapes, network: String, variables: [Variable]
  ) throws(Diagnostic) {
    var faults: [String] = []
    var misshapen: Set<String> = []
    let own = variables.filter { $0.belongs(to: network) }
    let wanted = Dictionary(uniqueKeysWithValues: own.map { ($0.name, $0) })
    let names = shapes.keys.sorted().map { (source: $0, name: file.renamed($0)) }
    let isPrefixed = names.contains { $0.name.hasPrefix(network + ".") }
    for (source, name) in names {
      if isPrefixed, !name.hasPrefix(network + ".") { continue }
      let full = isPrefixed ? name : network + "." + name
      if file.ignored.contains(where: { $0.fits(name) }) || Self.uncounted.fits(name) { continue }
      let shape = shapes[source] ?? []
      guard let variable = wanted[full] else {
        faults.append("left over: \(name) \(shape)")
        continue
      }
      guard shape.filter({ $0 != 1 }) == variable.shape.dimensions.filter({ $0 != 1 }) else {
        faults.append("of another shape: \(name) \(shape) is \(variable.shape.dimensions) here")
        misshapen.insert(full)
        continue
      }
      if let other = sources[full] {
        faults.append("twice: \(name), as \(quoted(other)) and as \(quoted(source))")
      }
      sources[full] = source
    }
    for variable in own where sources[variable.name] == nil {
      let name = String(variable.name.dropFirst(network.count + 1))
      if case .singularVector = variable.initial { continue }
      let isExcused = file.missing.contains { $0.fits(name) || $0.fits(variable.name) }
      if !isExcused, !misshapen.contains(variable.name) {
        faults.append("missing: \(name) \(variable.shape.dimensions)")
      }
    }
    if !faults.isEmpty { throw Self.refusal(file, network, faults) }
  }

  private static let mostNotes = 8

  private static func refusal(
    _ file: WeightFile, _ network: String, _ faults: [String]
  ) -> Diagnostic {
    var notes = faults.sorted().prefix(mostNotes).map { Diagnostic(.note, $0) }
    if faults.count > mostNotes {
      notes.append(Diagnostic(.note, "and \(faults.count - mostNotes) more"))
    }
    return Diagnostic(
      .error, "the weights in \(quoted(file.path)) are not those of network '\(network)'",
      at: file.span,
      hint: "'rename' says what names of the file are here; "
        + "'ignore' and 'missing' excuse what is left over or missing",
      notes: notes)
  }
}

extension Variable {
  /// Whether it is a parameter or buffer of the network.
  fileprivate func belongs(to network: String) -> Bool {
    role == .parameter(network: network) || role == .buffer(network: network)
  }
}
