/// What `advas-run new` is asked for.
public struct Wish: Sendable {
  /// What networks are made of.
  public enum Architecture: String, Sendable, CaseIterable {
    /// Fully connected layers, for samples of any shape.
    case mlp
    /// Strided convolutions (Radford et al. 2016), for square pictures.
    case dcgan
    /// Residual blocks (Gulrajani et al. 2017, Miyato et al. 2018), for square pictures.
    case resnet
  }

  /// A type of data set, or the keys of a stream in braces: `{type: npy, path: a.npy, shape: [2]}`.
  public var data: String
  /// Where its files are; nil where there are none, or `data` says so.
  public var path: String?
  /// What one sample is; nil where the data set knows.
  public var shape: [Int]?
  /// An entry of the prelude for a generator and a discriminator.
  public var objective: String
  /// nil for what suits the samples: `dcgan` for square pictures, `mlp` for all else.
  public var architecture: Architecture?
  /// Entries of the prelude; nil for what the objective needs.
  public var regularizers: [String]?
  /// Channels of the layers nearest to a picture, or units of a fully connected layer.
  public var width: Int?
  /// Samples of a step.
  public var batch: Int?
  /// How long to train.
  public var rounds: Int?

  /// A wish with nothing but data and an objective.
  public init(data: String, objective: String) {
    self.data = data
    self.objective = objective
  }
}
