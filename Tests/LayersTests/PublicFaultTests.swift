import Diagnostics
import Execution
import Foundation
import Layers
import Spec
import TensorIR
import Testing

/// What other libraries were once reported to get wrong, named after the report.
@Suite struct PublicFaultTests {
  private func ramp(_ shape: [Int], from first: Double = 1) -> (shape: [Int], values: [Double]) {
    (shape, (0..<shape.reduce(1, *)).map { first + Double($0) })
  }

  /// pytorch/pytorch#4497, tensorflow#11435: max pooling had no second derivative.
  @Test func maxPoolingIsTwiceDifferentiable() throws {
    let probe = try LayerProbe("max_pool", [ramp([1, 1, 4, 4])])
    let first = probe.gradient(of: probe.value.map(.square).sum(), by: 0)
    let second = probe.numbers(of: probe.gradient(of: first.map(.square).sum(), by: 0))
    // Σ(2x)² over the four maxima.
    var expected = [Double](repeating: 0, count: 16)
    for x in [6, 8, 14, 16] { expected[x - 1] = 8 * Double(x) }
    #expect(second == expected)
  }

  /// pytorch/pytorch PR 98582: without the index of the maximum, ties have no derivative.
  @Test func aTieOfMaximaGoesToTheFirst() throws {
    let zeros = [Double](repeating: 0, count: 4)
    let probe = try LayerProbe("max_pool", [([1, 1, 2, 2], zeros)])
    #expect(probe.numbers(of: probe.gradient(of: probe.value.sum(), by: 0)) == [1, 0, 0, 0])
  }

  /// pytorch/pytorch#5112: `output_padding` beyond the stride crashed; a dilation makes it legal.
  @Test func outputPaddingIsCheckedAgainstStrideAndDilation() throws {
    let keys = "out: 1, kernel: 3, output_padding: 1"
    let (_, dilated) = try LayerSample.layer(
      "{conv_transpose: {\(keys), dilation: 2}}", [[4, 5, 5]])
    #expect(dilated.outputShape == [1, 10, 10])
    #expect(throws: DiagnosticBag.self) {
      try LayerSample.layer("{conv_transpose: {\(keys)}}", [[4, 5, 5]])
    }
  }

  /// pytorch/pytorch#86356, tracel-ai/burn#4845: cells that `output_padding` adds entered the operand's gradient.
  @Test func outputPaddingHasNoGradient() throws {
    let yaml = "{conv_transpose: {out: 1, kernel: [1, 3], stride: [1, 2], output_padding: [0, 1]}}"
    let probe = try LayerProbe(yaml, [ramp([1, 1, 1, 4])], variables: ["weight": [2, 3, 5]])
    #expect(probe.value.shape == [1, 1, 1, 10])
    let last = probe.value.slice([0, 0, 0, 9], [1, 1, 1, 10]).sum()
    #expect(probe.numbers(of: probe.gradient(of: last, by: 0)) == [0, 0, 0, 0])
    #expect(probe.numbers(of: probe.gradient(of: last, by: 1)) == [0, 0, 0])
    let all = probe.gradient(of: probe.value.sum(), by: 0)
    #expect(probe.numbers(of: all) == [10, 10, 10, 10])
  }

  /// pytorch/pytorch#7865: of a transposed convolution the outputs are axis 1.
  @Test func spectralNormOfATransposedConvolution() throws {
    let (_, layer) = try LayerSample.layer(
      "{conv_transpose: {out: 5, kernel: 2, spectral_norm: true}}", [[3, 4, 4]])
    let variables = layer.ownedVariables
    #expect(variables.first { $0.suffix == "weight_u" }?.shape == [5])
    #expect(variables.first { $0.suffix == "weight_v" }?.shape == [12])
  }

  /// pytorch/pytorch#12737: samples' gradients must pass through σ too.
  @Test func evaluationDifferentiatesTheSingularValue() throws {
    let (w, u, v) = ([3.0, 1, 2, 4], [0.6, 0.8], [0.0, 1])
    let probe = try LayerProbe(
      "{linear: {out: 2, bias: false, spectral_norm: true}}", [([1, 2], [1, 1])],
      variables: ["weight_orig": w, "weight_u": u, "weight_v": v], isTraining: false)
    // σ = u'Wv = 0.6·1 + 0.8·4, L = Σw/σ, dL/dW = (1 - L·uv')/σ.
    let (sigma, sum) = (3.8, 10.0)
    let expected = [1, 1 - sum / sigma * 0.6, 1, 1 - sum / sigma * 0.8].map { $0 / sigma }
    let found = probe.numbers(of: probe.gradient(of: probe.value.sum(), by: 1))
    #expect(elementwiseDifference(found, expected) < 1e-14, "\(found)")
  }

  /// pytorch/pytorch#8208: looking at samples moved the vectors, and so the network.
  @Test func evaluationMovesNoVectors() throws {
    let probe = try LayerProbe(
      "{linear: {out: 2, spectral_norm: true}}", [([1, 2], [1, 1])], isTraining: false)
    #expect(probe.moved.isEmpty)
  }

  /// pytorch/pytorch#99149: σ is that of the matrix `[out, in·k²]`, no bound for what a convolution makes of an image.
  @Test func spectralNormBoundsTheMatrixOnly() throws {
    let ones = [Double](repeating: 1, count: 9)
    let probe = try LayerProbe(
      "{conv: {out: 1, kernel: 3, padding: 1, bias: false, spectral_norm: true}}",
      [([1, 1, 3, 3], ones)],
      variables: [
        "weight_orig": ones, "weight_u": [1], "weight_v": ones.map { $0 / 3 },
      ])
    // 9 taps by σ = 3.
    #expect(abs(probe.numbers(of: probe.value)[4] - 3) < 1e-14)
  }

  /// junyanz/pytorch-CycleGAN-and-pix2pix#566: rows of 4 and 5 were joined without a word of where they come from.
  @Test func joiningUnequalImagesIsExplained() throws {
    let faults = #expect(throws: DiagnosticBag.self) {
      try LayerSample.layer("{concatenate: [a, b]}", [[8, 4, 4], [8, 5, 5]])
    }
    let messages = faults?.sorted.map(\.message) ?? []
    #expect(messages.contains { $0.contains("[8, 4, 4] and [8, 5, 5]") }, "\(messages)")
  }

  /// heykeetae/Self-Attention-GAN#1, #54: with γ = 0 attention is the identity, also where it has one key.
  @Test func attentionStartsAsTheIdentity() throws {
    let x = ramp([2, 8, 2, 2])
    let ones = ["theta", "phi", "g", "o"].map {
      ($0 + ".weight", [Double](repeating: 1, count: 32))
    }
    let sizes = [8, 8, 32, 32]
    let weights = Dictionary(
      uniqueKeysWithValues: zip(ones, sizes).map { ($0.0, Array($0.1.prefix($1))) })
    let probe = try LayerProbe("self_attention", [x], variables: weights)
    #expect(probe.numbers(of: probe.value) == x.values)
    let slope = probe.gradient(of: probe.value.sum(), by: probe.inputs.count - 1)
    #expect(probe.numbers(of: slope).allSatisfy { $0 != 0 })
  }

  /// onnx/onnx PR 2163: the other order of channels.
  @Test func pixelShufflesOrder() throws {
    let probe = try LayerProbe("pixel_shuffle", [ramp([1, 8, 1, 1], from: 0)])
    #expect(probe.value.shape == [1, 2, 2, 2])
    #expect(probe.numbers(of: probe.value) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  /// soumith/dcgan.torch#19, vanderschaarlab/synthcity PR 263: a sample has its value whoever stands beside it, also alone.
  ///
  /// What compares the samples of a group has not, and should not.
  @Test(arguments: LayerSample.all.filter { !$0.comparesSamples })
  func aSampleAloneIsTheSame(sample: LayerSample) {
    let alone = sample.alone()
    let layer = LayerGraph(alone, isTraining: false)
    let (graph, inputs) = layer.graph([layer.value])
    let found = evaluate(graph, inputs: inputs)[0]
    #expect(layer.value.shape.dimensions == [1] + sample.value.shape.dropFirst())
    #expect(zip(found, sample.evaluation.values).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}

/// Numbers that the papers' own code gives.
@Suite struct PublishedValueTests {
  @Test(arguments: [
    // StyleGAN2-ADA's upsample2d and downsample2d: zeros outside, so that the last is 3.
    ("{fir: {up: 2}}", [1, 1, 4, 4], [0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 3]),
    // torch.nn.functional.interpolate without aligned corners.
    (
      "{upsample: {mode: bilinear}}", [1, 1, 4, 4], [1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4]
    ),
  ])
  func rows(yaml: String, shape: [Int], row: [Double]) throws {
    // Four equal rows of 1 2 3 4; in the middle nothing of the outside is seen.
    let probe = try LayerProbe(yaml, [(shape, (0..<16).map { Double($0 % 4 + 1) })])
    let found = Array(probe.numbers(of: probe.value)[24..<32])
    #expect(zip(found, row).allSatisfy { abs($0 - $1) < 1e-14 }, "\(found)")
  }

  @Test func downsampling() throws {
    let probe = try LayerProbe("{fir: {down: 2}}", [([1, 1, 4, 4], (0..<16).map { Double($0) })])
    let found = probe.numbers(of: probe.value)
    #expect(elementwiseDifference(found, [2.734375, 3.9375, 7.546875, 8.75]) < 1e-14)
  }

  /// torch's elu and selu take 0 for their lower branch, in derivatives of every order; large x overflow in none.
  @Test(arguments: [("{elu: 0.7}", 1.0, 0.7), ("selu", 1.0507009873554805, 1.7580993408473766)])
  func exponentialUnitsAtZero(yaml: String, above: Double, below: Double) throws {
    let probe = try LayerProbe(yaml, [([1, 3], [-1, 0, 1000])])
    let first = probe.gradient(of: probe.value.sum(), by: 0)
    let second = probe.gradient(of: first.sum(), by: 0)
    for (found, last) in [(first, above), (second, 0)] {
      let expected = [below * exp(-1), below, last]
      let numbers = probe.numbers(of: found)
      #expect(elementwiseDifference(numbers, expected) < 1e-14, "\(numbers)")
    }
  }

  /// An output of a grouped transposed convolution is made of its group's channels: here of two.
  @Test func equalizedGroups() throws {
    let ones: [Double] = [1, 1, 1, 1]
    let probe = try LayerProbe(
      "{conv_transpose: {out: 2, kernel: 1, groups: 2, bias: false, equalized: true}}",
      [([1, 4, 1, 1], ones)], variables: ["weight": ones])
    let found = probe.numbers(of: probe.value)
    #expect(found.count == 2 && found.allSatisfy { abs($0 - 2.0.squareRoot()) < 1e-14 }, "\(found)")
  }

  @Test func adaptiveMeans() throws {
    let probe = try LayerProbe(
      "{adaptive_average_pool: [1, 3]}", [([1, 1, 1, 5], [0, 1, 2, 3, 4])])
    #expect(probe.numbers(of: probe.value) == [0.5, 2, 3.5])
  }
}
