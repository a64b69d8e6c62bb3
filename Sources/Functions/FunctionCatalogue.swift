/// All functions of tensors, in the order in which documentation lists them.
public enum FunctionCatalogue {
  public static let all: [any TensorFunction.Type] = [
    Linear.self, MatrixProduct.self, Convolve.self, ConvolveTransposed.self, Softmax.self,
    Channels.self, Reshaped.self,
    ReshapedAs.self, Transposed.self, Permuted.self, Padded.self, Rows.self, Places.self,
  ]

  /// Their names, in the same order.
  public static let names: [String] = all.map { $0.declaration.name }

  /// The function called `name`, or nil.
  public static func named(_ name: String) -> (any TensorFunction.Type)? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: zip(names, all))
}
