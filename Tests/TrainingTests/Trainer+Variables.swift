import Compilation
import Execution
import Planning

@testable import Training

extension Trainer {
  /// What all variables hold, by name.
  var variables: [String: [Double]] {
    let names = compiled.layout.names
    return Dictionary(uniqueKeysWithValues: names.indices.map { (names[$0], engine.state($0)) })
  }

  /// The sum of |w - v| over all w that players train of a network, v being what `others` have there; not a number where
  /// they lack some.
  func distance(of network: String, from others: [String: [Double]]) -> Double {
    var sum = 0.0
    for (name, values) in parameters where name.hasPrefix("\(network).") {
      guard let other = others[name], other.count == values.count else { return .nan }
      for (w, v) in zip(values, other) { sum += abs(w - v) }
    }
    return sum
  }
}
