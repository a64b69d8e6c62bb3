import Execution
import TensorIR
import TestSupport
import Testing

/// What operations say of themselves to passes, compared with what they compute.
@Suite struct OperationPropertyTests {
  /// An operation of a sample's graph on operands of its own.
  private struct Application {
    let op: Op
    let types: [TensorType]
    let result: TensorType
    /// A value for each operand.
    var values: [[Double]]

    var shapes: [Shape] { types.map(\.shape) }

    /// Every operation that a sample applies to something.
    static func all(_ sample: OperationSample) -> [Application] {
      let graph = sample.graph()
      var generator = SplitMix64(seed: 11)
      return graph.nodes.filter { !$0.operands.isEmpty }.map { node in
        let types = node.operands.map { graph[$0].type }
        return Application(
          op: node.op, types: types, result: node.type,
          values: types.map { generator.values($0.shape.count, in: 0.3...1.5) })
      }
    }

    /// Whether no value decides which piece of the operation is used.
    var isSmooth: Bool {
      let builder = GraphBuilder(element: .float64)
      let operands = shapes.enumerated().map { builder.input("x\($0.offset)", $0.element) }
      let site = Site(operands: operands, result: builder.emit(op, operands))
      return op.definition.deciders(site).isEmpty
    }

    func result(_ values: [[Double]]) -> [Double] { Self.evaluate(op, shapes, values) }

    static func evaluate(_ op: Op, _ shapes: [Shape], _ values: [[Double]]) -> [Double] {
      let builder = GraphBuilder(element: .float64)
      let operands = shapes.enumerated().map { builder.input("x\($0.offset)", $0.element) }
      let graph = builder.graph(name: "one", results: [("y", builder.emit(op, operands))])
      return Execution.evaluate(graph, inputs: values)[0]
    }
  }

  private func expectNear(_ a: [Double], _ b: [Double], _ label: String) {
    #expect(a.count == b.count, "\(label)")
    #expect(
      zip(a, b).allSatisfy { $0 == $1 || ($0 - $1).magnitude < 1e-9 }, "\(label)")
  }

  /// f(x + 2y) = f(x) + 2 f(y) in exactly the operands that are called linear.
  @Test(arguments: OperationSample.all)
  func linearity(_ sample: OperationSample) {
    for one in Application.all(sample) {
      // What stops derivatives is called linear in nothing; equality is 0 on both sides of where it holds.
      switch one.op {
      case .identity: continue
      case .zip(let zip) where zip.function == .equal: continue
      default: break
      }
      for index in one.values.indices {
        var generator = SplitMix64(seed: 5)
        let other = generator.values(one.values[index].count, in: 0.3...1.5)
        var (second, sum) = (one.values, one.values)
        second[index] = other
        sum[index] = zip(one.values[index], other).map { $0 + 2 * $1 }
        let (x, y, z) = (one.result(one.values), one.result(second), one.result(sum))
        let isLinear = x.indices.allSatisfy { (z[$0] - x[$0] - 2 * y[$0]).magnitude < 1e-9 }
        let isCalledSo = one.op.definition.linearOperands.contains(index)
        // A function that is nowhere linear may look so on one side of its kink.
        if isCalledSo || one.isSmooth {
          #expect(
            isLinear == isCalledSo, "\(sample) \(one.op.definition.attributedMnemonic) \(index)")
        }
      }
    }
  }

  /// The first samples of the result are what the resized operation makes of the first samples of the operands.
  @Test(arguments: OperationSample.all)
  func samplesApart(_ sample: OperationSample) {
    for one in Application.all(sample) {
      guard let samples = one.op.definition.sampleOperands(one.shapes, one.result.shape) else {
        continue
      }
      let count = one.result.shape[0] - 1
      guard count > 0 else { continue }
      var (shapes, values) = (one.shapes, one.values)
      for index in samples {
        #expect(shapes[index][0] == count + 1)
        shapes[index] = Shape([count] + shapes[index].dimensions.dropFirst())
        values[index] = Array(values[index].prefix(shapes[index].count))
      }
      let part = Application.evaluate(
        one.op.definition.resized(toSamples: count), shapes, values)
      expectNear(
        part, Array(one.result(one.values).prefix(part.count)),
        "\(sample) \(one.op.definition.attributedMnemonic)")
    }
  }

  /// A sum over samples is the sum over the first and over the others.
  @Test(arguments: OperationSample.all)
  func sumsOverSamples(_ sample: OperationSample) {
    for one in Application.all(sample) {
      guard one.op.definition.sumsOverSamples(one.shapes) else { continue }
      let count = one.shapes[0][0]
      let parts = [0..<1, 1..<count].filter { !$0.isEmpty }.map { range -> [Double] in
        var (shapes, values) = (one.shapes, one.values)
        for index in shapes.indices {
          let size = shapes[index].count / count
          shapes[index] = Shape([range.count] + shapes[index].dimensions.dropFirst())
          values[index] = Array(values[index][range.lowerBound * size..<range.upperBound * size])
        }
        return Application.evaluate(
          one.op.definition.resized(toSamples: range.count), shapes, values)
      }
      let sum = parts.dropFirst().reduce(parts[0]) { zip($0, $1).map(+) }
      expectNear(sum, one.result(one.values), "\(sample)")
    }
  }

  /// The permuted operation makes of permuted operands the permuted result.
  @Test(arguments: OperationSample.all)
  func permutations(_ sample: OperationSample) {
    for one in Application.all(sample) {
      let rank = one.result.shape.rank
      let order = Array(1..<max(1, rank)) + (rank > 0 ? [0] : [])
      guard let permuted = one.op.definition.permuted(by: order) else { continue }
      let transpose = Op.transpose(Transpose(permutation: order))
      let operands = zip(one.shapes, one.values).map {
        Application.evaluate(transpose, [$0], [$1])
      }
      let shapes = one.shapes.map { shape in Shape(order.map { shape[$0] }) }
      expectNear(
        Application.evaluate(permuted, shapes, operands),
        Application.evaluate(transpose, [one.result.shape], [one.result(one.values)]),
        "\(sample) \(one.op.definition.attributedMnemonic)")
    }
  }

  /// Tests above look at no operation that does not claim the property.
  @Test func propertiesAreClaimed() {
    let applications = OperationSample.all.flatMap { Application.all($0) }
    func kinds(_ claims: (Application) -> Bool) -> Set<Op.Kind> {
      Set(applications.filter(claims).map(\.op.kind))
    }
    let apart = kinds { one in
      let samples = one.op.definition.sampleOperands(one.shapes, one.result.shape)
      return samples != nil && one.result.shape[0] > 1
    }
    let elementwise: Set<Op.Kind> = [.map, .zip, .select, .identity]
    #expect(
      apart.isSuperset(
        of: elementwise.union([.reduce, .matmul, .convolution, .broadcast, .pad, .concatenate])))
    let summing = kinds { $0.op.definition.sumsOverSamples($0.shapes) }
    #expect(summing.isSuperset(of: [.reduce, .matmul, .convolution]))
    let permuted = kinds { one in
      let rank = one.result.shape.rank
      return rank > 1 && one.op.definition.permuted(by: Array(1..<rank) + [0]) != nil
    }
    #expect(permuted.isSuperset(of: [.map, .zip, .pad, .concatenate, .slice, .reverse]))
  }

  /// Mirrored images are taken one by one; a mirrored batch is not.
  @Test func reverseKeepsSamplesApart() {
    let shape: Shape = [3, 4]
    #expect(Reverse(axis: 1).sampleOperands([shape], shape) == [0])
    #expect(Reverse(axis: 0).sampleOperands([shape], shape) == nil)
  }
}
