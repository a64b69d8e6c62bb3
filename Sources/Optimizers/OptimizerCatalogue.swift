import Syntax

/// Every method that an optimizer may have.
package enum OptimizerCatalogue {
  package static let all: [any OptimizerDefinition.Type] = [
    Adagrad.self, Adam.self, AdamW.self, Lion.self, RMSProp.self, GradientDescent.self,
  ]

  package static let declarations: [Declaration] = all.map { $0.declaration }

  package static let names: [String] = all.map { $0.name }

  /// The method that a spec calls `name`.
  package static func named(_ name: String) -> (any OptimizerDefinition.Type)? {
    all.first { $0.name == name }
  }
}
