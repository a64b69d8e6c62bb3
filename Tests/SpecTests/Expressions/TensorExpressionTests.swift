import Diagnostics
import Functions
import Spec
import Syntax
import Testing

/// Values with axes that stretch, values without a batch, and functions of tensors.
struct TensorExpressionTests {
  /// A layer's surroundings: images x, features f, a condition s, weights.
  private static var environment: ExpressionEnvironment {
    var environment = ExpressionEnvironment()
    environment.numbers = ["C": 8, "H": 6, "W": 4]
    environment.given = [
      "x": ValueShape(hasBatch: true, [8, 6, 4]), "f": ValueShape(hasBatch: true, [8]),
      "s": ValueShape(hasBatch: true, []), "matrix": ValueShape(hasBatch: false, [5, 8]),
      "kernel": ValueShape(hasBatch: false, [16, 8, 3, 3]), "v": ValueShape(hasBatch: false, [8]),
      "gain": ValueShape(hasBatch: false, []), "one": ValueShape(hasBatch: false, [1]),
      "affine.bias": ValueShape(hasBatch: false, [8, 6, 4]),
    ]
    return environment
  }

  private static let free = ValueShape.Axis.free

  private static func tensor(batch: Bool, _ axes: [ValueShape.Axis], open: Bool = false)
    -> ValueType
  {
    .tensor(ValueShape(hasBatch: batch, axes: axes, isOpen: open))
  }

  @Test(
    arguments: [
      ("mean(x, along=channel)", tensor(batch: true, [free, .init(6), .init(4)])),
      ("mean(x, along=[height, width])", tensor(batch: true, [.init(8), free, free])),
      ("mean(x, along=[batch, 1, 2])", tensor(batch: false, [.init(8), free, free])),
      ("sum(x, along=batch)", tensor(batch: false, [.init(8), .init(6), .init(4)])),
      ("x - mean(x, along=channel)", .perSample([8, 6, 4])),
      ("x*mean(x, along=[batch, height, width])", .perSample([8, 6, 4])),
      ("max(f, along=last) + f", .perSample([8])),
      ("channels(v)", tensor(batch: false, [.init(8)], open: true)),
      ("x*channels(v)", .perSample([8, 6, 4])),
      ("f*channels(v)", .perSample([8])),
      ("x + channels(f)", .perSample([8, 6, 4])),
      ("x + affine.bias", .perSample([8, 6, 4])),
      ("x*gain", .perSample([8, 6, 4])),
      ("sum(f, over=sample) + one", .perSample([1])),
      ("s*mean(x, along=channel)", tensor(batch: true, [free, .init(6), .init(4)])),
      ("linear(f, matrix)", .perSample([5])),
      ("linear(f, sum(kernel^2, along=[2, 3]))", .perSample([16])),
      ("conv(x, kernel, padding=1)", .perSample([16, 6, 4])),
      ("conv(x, kernel, stride=[2, 1], padding=[1, 0])", .perSample([16, 3, 2])),
      ("softmax(x, along=last)", .perSample([8, 6, 4])),
      ("reshape(x, [C, H*W])", .perSample([8, 24])),
      ("transpose(reshape(x, [C, H*W]))", .perSample([24, 8])),
      ("permute(x, [2, 0, 1])", .perSample([4, 8, 6])),
      ("reshape_as(reshape(x, [2, 96]), x)", .perSample([8, 6, 4])),
      ("pad(x, [1, 2, 0, 0])", .perSample([8, 9, 4])),
      ("matmul(reshape(x, [C, H*W]), reshape(x, [H*W, C]))", .perSample([8, 8])),
      ("matmul(matrix, reshape(x, [C, H*W]))", .perSample([5, 24])),
      ("matmul(matrix, transpose(matrix))", tensor(batch: false, [.init(5), .init(5)])),
      ("max_pool(x, 2)", .perSample([8, 3, 2])),
      ("max_pool(x, [H/2, 1], stride=[1, W])", .perSample([8, 4, 1])),
      ("reshape(x, [floor(C/3), C*H*W/floor(C/3)])", .perSample([2, 96])),
      ("upsample(x, mode=bilinear)", .perSample([8, 12, 8])),
      ("leaky_relu(f, slope=0.2)", .perSample([8])),
      ("rows(f, 3)", .perSample([3, 8])),
      ("rows(v, 3)", tensor(batch: false, [.init(3), .init(8)])),
      ("rows(mean(x, along=[height, width]), 2)", .perSample([2, 8])),
      ("places(x, along=height)", tensor(batch: false, [free, .init(6), free])),
      ("f*uniform(over=batch)", .perSample([8])),
    ] as [(String, ValueType)])
  func types(text: String, type: ValueType) {
    let result = check("sumsq(probe)", lets: ["probe": text], in: Self.environment)
    #expect(result.bindings.first?.value.type == type, "\(result.diagnostics.map(\.rendered))")
  }

  static let faults: [Fault] = [
    Fault(
      "mean(x + v)",
      "'+' cannot join one value per sample of shape [8, 6, 4] with a value of shape [8] without a"
        + " batch", at: "+", hint: "reduce one of them to a number"),
    Fault(
      "mean(mean(x, along=[height, width])*f)",
      "'*' cannot join a value of shape [8, 1*, 1*] per sample with one value per sample of shape [8]",
      at: "*", hint: "reduce one of them to a number"),
    Fault(
      "mean(x, along=depth)", "[8, 6, 4] per sample has no axis 'depth'", at: "depth",
      hint: "axes are channel, height, width (of images), last, or places counted from 0"),
    Fault(
      "mean(matmul(reshape(x, [C, H*W]), matrix))",
      "'matmul' of [8, 24] per sample expects 24 rows, found [5, 8] without a batch", at: "matrix",
      hint: "transpose(v) exchanges the last two axes"),
    Fault(
      "mean(max_pool(f, 2))",
      "'max_pool' needs [channels, height, width], but its operand is [8]", at: "max_pool",
      hint: "put 'reshape' before it"),
    Fault(
      "mean(max_pool(x, 2, 2))", "'max_pool' expects 1 or 2 arguments, found 3", at: "max_pool",
      hint: "max_pool(v, kernel=2, stride=kernel, padding=0)"),
    Fault(
      "mean(max_pool(x, stride=1.5))",
      "'stride' of 'max_pool' must be a whole number, but is 1.5", at: "1.5"),
    Fault(
      "mean(batch_norm(x))", "unknown function 'batch_norm'", at: "batch_norm",
      hint: "this layer stands in networks: it has values of its own, or mixes samples"),
    Fault(
      "mean(floor(f))", "'floor' expects a number, found one value per sample of shape [8]", at: "f"
    ),
    Fault("mean(x, along=[1, 1])", "an axis stands twice", at: "1"),
    Fault("mean(v, along=batch)", "[8] without a batch has no batch axis", at: "batch"),
    Fault("mean(x, along=1, over=sample)", "'along' and 'over' exclude each other", at: "sample"),
    Fault(
      "mean(linear(x, matrix))",
      "'linear' by a matrix [5, 8] expects values of 8 numbers, found [8, 6, 4] per sample", at: "x"
    ),
    Fault(
      "mean(conv(f, kernel))",
      "'conv' expects images [channels, height, width] per sample, found [8] per sample", at: "f"),
    Fault(
      "mean(conv(x, kernel))*mean(conv(x, kernel, padding=9.5))",
      "'padding' expects a whole number from 0 to 65536, found 9.5", at: "9.5"),
    Fault(
      "mean(conv(x, kernel, dilation=3))",
      "a kernel of 7 does not fit into [8, 6, 4] per sample, which is 6 high with its padding",
      at: "x"),
    Fault(
      "mean(reshape(x, [C, H]))",
      "'reshape' to [8, 6] changes the number of elements of [8, 6, 4] per sample", at: "x"),
    Fault(
      "mean(reshape(x))", "'reshape' needs 'sizes'", at: "reshape", hint: "reshape(v, [sizes])"),
    Fault(
      "mean(softmax(gain))", "'softmax' expects a value with axes, found a number", at: "gain",
      hint: "softmax(v, along=last)"),
    Fault(
      "mean([x])", "a list is no value", at: "[x]",
      hint: "lists stand as arguments: reshape(v, [a, b])"),
  ]

  @Test(arguments: faults)
  func messages(fault: Fault) {
    let result = check(fault.source, in: Self.environment)
    let error = result.errors.first
    #expect(error?.message == fault.message)
    #expect(error?.span?.text == fault.at)
    if let hint = fault.hint { #expect(error?.hint == hint) }
  }

  @Test(arguments: ["reshape(v, [C, H*W])", "f([], 2)", "g(a.b, axis=[batch, 1])"])
  func listsPrintAsTheyParse(text: String) throws {
    let tree = try ExpressionParser.parse(located(text))
    #expect(tree.description == text)
    #expect(try ExpressionParser.parse(located(tree.description)) == tree)
  }
}
