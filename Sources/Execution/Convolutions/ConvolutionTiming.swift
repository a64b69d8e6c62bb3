import Diagnostics
import Planning
import TensorIR

/// How long the kernels that take a convolution need for it on this machine.
public struct ConvolutionTiming: Sendable {
  /// The convolution.
  public let call: ConvolutionKernel
  /// Milliseconds of the best of several runs, the fastest kernel first.
  public let milliseconds: [(kernel: ConvolutionTable.Kernel, time: Double)]

  /// Runs the kernels among `candidates` that take `call`; nil where none does, or where it is a matrix product, which
  /// nothing beats.
  ///
  /// - Throws: `Diagnostic` where memory or threads are lacking.
  public init?(
    of call: ConvolutionKernel, among candidates: [ConvolutionTable.Kernel],
    _ options: EngineOptions
  ) throws(Diagnostic) {
    guard ConvolutionPlan(call, by: .product, options) == nil else { return nil }
    var times: [(kernel: ConvolutionTable.Kernel, time: Double)] = []
    for kernel in candidates where ConvolutionPlan(call, by: kernel, options) != nil {
      var only = options
      only.convolutions = ConvolutionTable(rules: [ConvolutionTable.Rule(kernel: kernel)])
      times.append((kernel, try Self.time(call, only)))
    }
    guard !times.isEmpty else { return nil }
    self.call = call
    milliseconds = times.sorted { $0.time < $1.time }
  }

  private static func time(
    _ call: ConvolutionKernel, _ options: EngineOptions
  ) throws(Diagnostic) -> Double {
    let shortest = try call.graph.shortestRun(options) { values in
      for index in values.indices { values[index] = Float(index * 7919 & 0xffff) / 0x8000 - 1 }
    }
    return shortest / .milliseconds(1)
  }
}

extension ConvolutionTable {
  /// The lines of `timings`, each with its times, and behind them this table without the lines that they replace.
  public func text(tuned timings: [ConvolutionTiming], _ options: EngineOptions) -> String {
    let measured = timings.map { ($0.rule(options), $0.milliseconds) }
    let lines = measured.map { rule, milliseconds in
      let times = milliseconds.map { "\($0.kernel.rawValue) \(Self.rounded($0.time)) ms" }
      let line = ConvolutionTable(rules: [rule]).text
      return "\(line.dropLast())  # \(times.joined(separator: ", "))\n"
    }
    let others = rules.filter { old in !measured.contains { old.asksTheSame(as: $0.0) } }
    let threads = counted(options.threads, "thread")
    return "# Measured with \(options.instructionSet) and \(threads).\n"
      + lines.joined() + "# Other shapes:\n" + ConvolutionTable(rules: others).text
  }

  private static func rounded(_ milliseconds: Double) -> Double {
    (milliseconds * 1000).rounded() / 1000
  }
}

extension ConvolutionTiming {
  /// The line that gives this convolution, and no other, its fastest kernel.
  fileprivate func rule(_ options: EngineOptions) -> ConvolutionTable.Rule {
    ConvolutionTable.Rule(
      instructionSet: options.instructionSet, threads: options.threads, direction: call.direction,
      conditions: ConvolutionTable.Quantity.shape.map {
        ConvolutionTable.Condition(quantity: $0, comparison: .equal, value: Int($0.value(of: call)))
      },
      kernel: milliseconds[0].kernel)
  }
}

extension ConvolutionKernel {
  /// The convolution as a graph of its two operands.
  fileprivate var graph: Graph {
    let builder = GraphBuilder()
    let (x, filter) = (geometry.inputShape(layout), geometry.filterShape)
    let y = geometry.outputShape(layout)
    let shapes: (Shape, Shape) =
      switch direction {
      case .forward: (x, filter)
      case .inputGradient: (y, filter)
      case .filterGradient: (x, y)
      }
    let operands = [builder.input("a", shapes.0), builder.input("b", shapes.1)]
    let result = builder.emit(
      .convolution(Convolution(direction, geometry, layout)), operands)
    return builder.graph(name: "convolution", results: [("result", result)])
  }
}
