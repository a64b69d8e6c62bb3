import Diagnostics
import Functions
import Syntax

/// The names that an expression may use, as its surroundings define them.
public struct ExpressionEnvironment: Sendable {
  /// Shapes of a network's inputs and outputs, one sample each.
  public struct NetworkSignature: Sendable {
    /// In the order in which a call gives them.
    public var inputs: [[Int]]
    /// What a call is that names no output; nil where it must name one.
    public var output: [Int]?
    /// Values that a call may have by name.
    public var outputs: [NetworkOutput]
    public init(inputs: [[Int]], output: [Int]?, outputs: [NetworkOutput] = []) {
      self.inputs = inputs
      self.output = output
      self.outputs = outputs
    }
  }

  /// A function of the spec (`define: functions:`) or a bound role (`score(v): "D(v)"`, `real: x`); its body is inlined.
  public struct Function: Sendable {
    /// Empty for a role without arguments, which is then named without parentheses.
    public var parameters: [String]
    /// What a call stands for.
    public var body: LocatedText
    public init(parameters: [String], body: LocatedText) {
      self.parameters = parameters
      self.body = body
    }
  }

  /// `vars` and an entry's parameters.
  public var numbers: [String: Double] = [:]
  /// Shape of one sample of each stream.
  public var streams: [String: [Int]] = [:]
  /// Inputs and variables of a layer that the expression defines, by name.
  public var given: [String: ValueShape] = [:]
  /// Numbers of a step, by name.
  public var stepNumbers: [String: StepNumber] = [:]
  /// Values of the game, with their shapes.
  public var state: [String: [Int]] = [:]
  /// What can be called, by name.
  public var networks: [String: NetworkSignature] = [:]
  /// Networks that each player trains.
  public var players: [String: [String]] = [:]
  /// Networks that each player's `minimizes` depends on; a player that is missing may depend on all.
  public var playerNetworks: [String: Set<String>] = [:]
  /// Order of derivative of each player's `minimizes`; 0 where missing.
  public var playerDerivativeOrders: [String: Int] = [:]
  /// Roles that stand for a player (`adversary: discriminator`).
  public var playerRoles: [String: String] = [:]
  /// Functions and roles, by name.
  public var functions: [String: Function] = [:]
  /// `real`, `fake`, `score(v)`: what the entries of the prelude call the parts of a game.
  ///
  /// Roles have a namespace of their own. An entry means the role, whatever else of the spec has that name; an
  /// expression of the spec means the role only where nothing else has it.
  public var roles: [String: Function] = [:]
  /// Names of `numbers` that are an entry's own parameters, which come before roles.
  public var parameterNames: Set<String> = []
  /// Prefix of draw and let names: the regularizer's or player's name.
  public var scope: String = ""

  /// The name of the tensors that a constraint or gradient transform is about, and the networks that they belong to.
  public var subject: (name: String, networks: [String])?

  /// `true` for entries of the prelude and their like, whose author cannot know the names of the spec: a `let` may hide
  /// them, and roles come before them.
  public var isOfEntry = false

  public init() {}
}
