import Diagnostics

/// The index of a node in its graph; operands have smaller indices than their users.
public struct ValueID: Hashable, Sendable, Comparable {
  /// The index in 32 bits, which keep nodes small.
  public let raw: Int32

  public init(_ index: Int) { raw = Int32(index) }

  /// The index into `Graph.nodes`.
  public var index: Int { Int(raw) }

  public static func < (a: ValueID, b: ValueID) -> Bool { a.raw < b.raw }
}

/// An operation applied to values.
///
/// Equal nodes compute equal values.
public struct Node: Hashable, Sendable {
  /// What is computed, attributes included.
  public var op: Op
  /// As many as the operation takes, in its order.
  public var operands: [ValueID]
  /// Shape and element type of the value, as the operation's type rule infers them.
  public var type: TensorType

  public init(_ op: Op, _ operands: [ValueID], _ type: TensorType) {
    self.op = op
    self.operands = operands
    self.type = type
  }
}

/// Where a node comes from, so that a NaN, a profile line or a dump points at a line of the spec.
public struct Origin: Hashable, Sendable {
  /// Path of the layer (`D.2`), or the player or penalty that the expression belongs to.
  public var layer: String
  /// Place in the YAML.
  public var span: SourceSpan?
  /// 0 for the forward pass, 1 for a derivative, 2 for a derivative of a derivative.
  public var order: Int
  /// The term of a player's objective that first needed it: `loss`, or a penalty; empty outside of terms.
  public var term: String

  public init(layer: String = "", span: SourceSpan? = nil, order: Int = 0, term: String = "") {
    self.layer = layer
    self.span = span
    self.order = order
    self.term = term
  }

  /// The origin of the nodes that differentiate a node of this origin.
  public var differentiated: Origin {
    Origin(layer: layer, span: span, order: order + 1, term: term)
  }

  /// The origin of what another layer makes for the same term.
  public func of(layer: String, span: SourceSpan?) -> Origin {
    Origin(layer: layer, span: span, term: term)
  }
}
