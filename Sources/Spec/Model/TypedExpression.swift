import Diagnostics
import Functions
import Layers
import Syntax

/// An expression after checking: names resolved, functions and roles inlined, every value typed.
public struct TypedExpression: Sendable {
  /// What is computed.
  public var term: Term
  /// What its value is: one number, one per sample, a tensor.
  public var type: ValueType
  /// Place of the expression's text inside the YAML.
  public var span: SourceSpan
  /// How many times `grad` was taken below: 0 for a plain value.
  public var derivativeOrder: Int
  /// Networks whose parameters the value can depend on.
  public var networks: Set<String>
  /// How many samples of the streams one sample of the value is: more than one of a `pack`, and of what is made of it.
  public var samplesInPack = 1

  public init(
    term: Term, type: ValueType, span: SourceSpan, derivativeOrder: Int, networks: Set<String>
  ) {
    self.term = term
    self.type = type
    self.span = span
    self.derivativeOrder = derivativeOrder
    self.networks = networks
  }
}

/// The type of a value.
public enum ValueType: Hashable, Sendable {
  /// One number.
  case scalar
  /// One value of this shape per sample; the batch is the leading axis. `[]` and a trailing `[1]` mean one number.
  case perSample([Int])
  /// One value of this shape for each tensor of `params(...)`.
  case parameters([String])
  /// One number for each pair of a sample of one batch and a sample of another: an N×N table.
  case pairs
  /// A value without a batch, or with axes that stretch; every other shape is `scalar` or `perSample`.
  case tensor(ValueShape)
}

/// What an expression computes.
///
/// Operands of a binary term may differ in rank in two ways: a scalar meets anything, and one number per sample meets
/// any per-sample value.
public indirect enum Term: Sendable {
  case number(Double)
  /// This step's batch of a stream.
  case stream(String)
  /// An independent batch of a stream: `fresh(x)`. `batch` tells apart several of them: the name of the player or penalty
  /// that asks for it, numbered from its second one on. Of streams of one data set, equal batches stay aligned.
  case freshStream(String, batch: String)
  /// A random value, drawn anew each step. `name` is `<regularizer>.<let name>`, or numbered where no `let` names it.
  case draw(Distribution, name: String)
  /// The value of a `LetBinding`, by its unique name.
  case binding(String)
  /// A network applied to arguments; of several outputs the one of this name, else the last layer's value.
  case call(network: String, [TypedExpression], output: String?)
  case unary(UnaryFunction, TypedExpression)
  case binary(BinaryFunction, TypedExpression, TypedExpression)
  /// `where(condition, a, b)`: a where the condition is not 0.
  case select(TypedExpression, TypedExpression, TypedExpression)
  case reduce(Reduction, TypedExpression, over: Axes)
  /// A reduction along named axes, each of which leaves one place that stretches; of the batch, none.
  case reduceAlong(Reduction, TypedExpression, NamedAxes)
  /// A function of tensors.
  case function(any TensorFunction, [TypedExpression])
  /// A layer that owns and draws nothing, of one value.
  case layer(LayerFunction, TypedExpression)
  /// A number of the step.
  case stepNumber(StepNumber)
  /// A value of the game as the step found it; a constant for every derivative.
  case state(String)
  /// What surrounds the expression gives this value: an input or a variable of the layer that it defines.
  case given(String)
  /// Σ a·b, over the axes or, for `params` values, over everything.
  case dot(TypedExpression, TypedExpression, over: Axes)
  /// The value without its derivative.
  case detach(TypedExpression)
  case gradient(of: TypedExpression, withRespectTo: GradientTarget)
  /// The tensors that the optimizer moves.
  case parameters([String])
  /// The tensors that a `TensorRule` gives new values: `w` of a constraint, `g` of a gradient transform.
  case subject
  /// Another player's loss.
  case loss(player: String, half: Int?, draw: Int?, penalties: Bool)
  /// Entry (i, j) is the squared Euclidean distance of sample i of the first value and sample j of the second.
  case squaredDistances(TypedExpression, TypedExpression)
  /// The running average a ← decay·a + (1 − decay)·v of a number, from 0, this step's value included; a constant for
  /// every derivative. `name` is that of its state, formed like a draw's.
  case ema(TypedExpression, decay: Double, name: String)
  /// Of values shaped as params those of weights; 0 for biases, and for scales and shifts of norms.
  case onlyWeights(TypedExpression)
  /// Σ ‖W·Wᵀ − I‖² over the tensors of two or more axes, W being `[out, everything else]`; without the diagonal of
  /// the product unless `diagonal`. (Brock et al. 2017; without: Brock et al. 2019.)
  case orthogonality(TypedExpression, diagonal: Bool)
  /// The same elements, or some of them, in other places that are known before the run.
  case rearrange(TypedExpression, Rearrangement)
  /// Each sample moved along an axis by its own number of places, rounded down and limited to ±most; zeros move in.
  case shift(TypedExpression, by: TypedExpression, axis: Int, most: Int)
  /// Values side by side along the first axis of a sample.
  case concatenate([TypedExpression])
  /// The first or second half of the batch; stands under a reduction to one number only.
  case half(TypedExpression, Int)
}

/// A layer that owns and draws nothing, as a function of one value.
public struct LayerFunction: Sendable {
  package var definition: any LayerDefinition
}

/// Where elements go; `axis` counts the axes of one sample from 0.
public enum Rearrangement: Hashable, Sendable {
  case reverse(axis: Int)
  /// Elements `from..<to`.
  case slice(axis: Int, from: Int, to: Int)
  /// Moved towards the end of the axis, or its start where `by` is negative; zeros move in.
  case shift(axis: Int, by: Int)
  /// Sample i goes to the place of sample i + by, around the end of the batch.
  case roll(by: Int)
  /// So many neighbouring samples as one, their elements one after the other.
  case pack(of: Int)
}

/// What `grad` differentiates with respect to.
public enum GradientTarget: Hashable, Sendable {
  case stream(String)
  case binding(String)
  case parameters([String])
}

/// The axes of a reduction.
public enum Axes: Hashable, Sendable {
  /// Everything, to one number.
  case all
  /// All but the batch: one number per sample.
  /// Of pairs: the second sample.
  case sample
  /// All but batch and channel: one number per sample and channel.
  case channel
  /// Of pairs: those of two different samples (i ≠ j), to one number. The unbiased estimate leaves out the rest.
  case distinct
}

/// Axes that a reduction names: the batch, and places of a sample's axes.
public struct NamedAxes: Hashable, Sendable {
  /// Whether the batch is among them.
  public var batch: Bool
  /// In ascending order.
  public var places: [Int]

  public init(batch: Bool, places: [Int]) { (self.batch, self.places) = (batch, places) }
}

/// How a reduction combines numbers.
public enum Reduction: String, Hashable, Sendable, CaseIterable {
  case mean, sum, min, max, norm, sumsq, `var`, logsumexp
}

/// A distribution of a draw; the value's type gives its shape.
public enum Distribution: Hashable, Sendable {
  case uniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
}
