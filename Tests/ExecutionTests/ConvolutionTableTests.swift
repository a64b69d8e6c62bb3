import Diagnostics
import TensorIR
import Testing

@testable import Execution

@Suite struct ConvolutionTableTests {
  private let options = EngineOptions(threads: 2, instructionSet: .baseline)

  private func table(_ text: String) throws -> ConvolutionTable {
    var faults = DiagnosticBag()
    let table = ConvolutionTable(SourceFile(name: "t.table", text: text), into: &faults)
    return try #require(table, "\(faults.rendered)")
  }

  private func call(
    _ g: ConvolutionGeometry, _ direction: ConvolutionDirection, _ layout: ImageLayout = .nhwc
  ) -> ConvolutionKernel {
    let graph = convolutionGraph(direction, g, layout)
    let node = graph[graph.results[0]]
    let call = node.op.definition.kernel(node.operands.map { graph[$0].type }, node.type)
    guard case .convolution(let kernel) = call else { preconditionFailure("no convolution") }
    return kernel
  }

  private func chosen(
    _ g: ConvolutionGeometry, _ direction: ConvolutionDirection, _ options: EngineOptions,
    _ layout: ImageLayout = .nhwc
  ) -> ConvolutionTable.Kernel {
    switch ConvolutionPlan(call(g, direction, layout), options) {
    case .product: .product
    case .winograd: .winograd
    case .fewChannels: .fewChannels
    case .depthwise: .depthwise
    case .gathered: .gathered
    case .library: .oneDNN
    case .patches: .patches
    }
  }

  private let wide = geometry(
    batch: 8, channels: 64, size: [14, 14], out: 128, kernel: [4, 4], stride: [2, 2], pad: [1, 1])
  private let first = geometry(
    batch: 8, channels: 1, size: [28, 28], out: 64, kernel: [4, 4], stride: [2, 2], pad: [1, 1])

  @Test func theShippedTableIsItsText() throws {
    #expect(try table(ConvolutionTable.shipped.text) == .shipped)
    #expect(ConvolutionTable.shipped.text.hasSuffix("any any any patches\n"))
  }

  /// What `Docs/decisions/convolution-kernels.md` says.
  @Test func theShippedTableChoosesWhatWasMeasured() {
    for direction in ConvolutionDirection.allCases {
      #expect(chosen(wide, direction, options) == .winograd)
      #expect(chosen(wide, direction, options, .nchw) == .patches)
    }
    let last = geometry(
      batch: 8, channels: 64, size: [28, 28], out: 1, kernel: [3, 3], pad: [1, 1])
    let neither = geometry(
      batch: 8, channels: 5, size: [28, 28], out: 7, kernel: [3, 3], pad: [1, 1])
    for direction in ConvolutionDirection.allCases {
      #expect(chosen(first, direction, options) == .fewChannels)
      #expect(chosen(last, direction, options) == .fewChannels)
      #expect(chosen(neither, direction, options) == .patches)
    }
    // 513 channels are 528 with zeros, still about a quarter of the products; four images are four tiles, too few.
    let odd = geometry(
      batch: 8, channels: 513, size: [4, 4], out: 512, kernel: [3, 3], pad: [1, 1])
    var few = odd
    few.batch = 4
    let strided = geometry(
      batch: 8, channels: 256, size: [9, 9], out: 512, kernel: [3, 3], stride: [2, 2])
    for direction in ConvolutionDirection.allCases {
      #expect(chosen(odd, direction, options) == .winograd)
      #expect(chosen(few, direction, options) == .gathered)
      #expect(chosen(strided, direction, options) == .gathered)
    }
    let narrow = geometry(
      batch: 64, channels: 16, size: [14, 14], out: 32, kernel: [4, 4], stride: [2, 2], pad: [1, 1])
    for direction in ConvolutionDirection.allCases {
      let (without, with) = (
        EngineOptions(threads: 1, instructionSet: .avx2),
        EngineOptions(threads: 1, instructionSet: .avx512)
      )
      #expect(chosen(narrow, direction, without) == .winograd)
      #expect(chosen(narrow, direction, with) == .oneDNN)
    }
    let each = geometry(
      batch: 8, channels: 64, size: [9, 9], out: 64, kernel: [4, 4], stride: [2, 2], groups: 64)
    #expect(chosen(each, .forward, options) == .depthwise)
    #expect(chosen(each, .inputGradient, options) == .depthwise)
    #expect(chosen(each, .filterGradient, options) == .patches)
    let whole = geometry(batch: 8, channels: 64, size: [4, 4], out: 16, kernel: [4, 4])
    #expect(chosen(whole, .forward, options) == .product)
  }

  @Test func aTableWithoutItsKernelsIsStillATable() throws {
    let only = try table("any any any winograd").without(.winograd)
    #expect(only.text == "any any any patches\n")
    #expect(try table(only.text) == only)
    #expect(
      try table("any any any product\nany any any winograd").without(.winograd).rules.count == 1)
  }

  @Test func byteOrderMarksAreNoPartOfTheFirstWord() throws {
    #expect(try table("\u{FEFF}any any any patches\n").text == "any any any patches\n")
  }

  /// Convolutions that differ in one way only get lines of their own, each of which fits one of them.
  @Test func measuredLinesFitOneConvolutionEach() throws {
    func small(_ change: (inout ConvolutionGeometry) -> Void) -> ConvolutionGeometry {
      var g = geometry(batch: 1, channels: 2, size: [9, 9], out: 2, kernel: [3, 3], pad: [2, 2])
      change(&g)
      return g
    }
    let shapes = [
      small { _ in }, small { $0.stride = [1, 2] }, small { $0.stride = [2, 1] },
      small { $0.dilation = [1, 2] }, small { $0.dilation = [2, 1] }, small { $0.padLow = [1, 2] },
      small { $0.padLow = [2, 1] }, small { $0.padHigh = [1, 2] }, small { $0.padHigh = [2, 1] },
    ]
    let calls = ImageLayout.allCases.flatMap { layout in shapes.map { call($0, .forward, layout) } }
    let timings = try calls.compactMap { try ConvolutionTiming(of: $0, among: [.patches], options) }
    let tuned = try table(ConvolutionTable.shipped.text(tuned: timings, options))
    var measured = tuned
    measured.rules.removeLast(ConvolutionTable.shipped.rules.count)
    #expect(measured.rules.count == calls.count)
    for call in calls { #expect(measured.kernels(for: call, options) == [.patches]) }
  }

  @Test func measuringAgainReplacesLines() throws {
    let timing = try #require(
      try ConvolutionTiming(of: call(wide, .forward), among: [.patches], options))
    let once = ConvolutionTable.shipped.text(tuned: [timing], options)
    let again = try #require(
      try ConvolutionTiming(of: call(wide, .forward), among: [.winograd], options))
    let twice = try table(table(once).text(tuned: [again], options))
    #expect(twice.rules.count == ConvolutionTable.shipped.rules.count + 1)
    #expect(twice.rules[0].kernel == .winograd)
    #expect(once.hasPrefix("# Measured with baseline and 2 threads.\n"))
    let alone = EngineOptions(threads: 1, instructionSet: .baseline)
    let apart = try table(table(once).text(tuned: [again], alone))
    #expect(apart.rules.count == ConvolutionTable.shipped.rules.count + 2)
    let header = "# Measured with baseline and 1 thread.\n"
    #expect(try table(once).text(tuned: [], alone).hasPrefix(header))
  }

  @Test func theFirstLineThatFitsDecides() throws {
    let own = try table(
      """
      # mine
      baseline 2 forward in=64 out=128 height<15 patches   # only here
      avx2 any any winograd
      any 3 any tiles>1000000 batch<=7 onednn
      """ + "\n" + ConvolutionTable.shipped.text)
    var options = options
    options.convolutions = own
    #expect(chosen(wide, .forward, options) == .patches)
    #expect(chosen(wide, .filterGradient, options) == .winograd)
    options.threads = 1
    #expect(chosen(wide, .forward, options) == .winograd)
    options.convolutions = own.without(.winograd)
    #expect(chosen(wide, .forward, options) != .winograd)
    // A kernel that does not take the shape leaves it to the lines behind.
    options.convolutions = try table("any any any winograd")
    #expect(chosen(first, .forward, options, .nchw) == .patches)
  }

  @Test(arguments: [
    ("any any any\n", "t.table:1:1: error: a line has an instruction set"),
    ("# x\n\nsse any any patches\n", "t.table:3:1: error: unknown instruction set 'sse'"),
    ("any -1 any patches\n", "t.table:1:5: error: '-1' is no number of threads"),
    ("any any foward patches\n", "t.table:1:9: error: unknown direction 'foward'"),
    ("any any any in>>3 patches\n", "t.table:1:13: error: 'in>>3' is no condition"),
    ("any any any in>=99999999999999999999 patches\n", "is no condition"),
    (
      "any any any in>=-1 patches\n", "t.table:1:13: error: 'in>=-1' compares with a number below 0"
    ),
    ("any any any pat\0ches\n", "t.table:1:13: error: unknown kernel 'pat\\u{0}ches'"),
    ("\u{FEFF}any any any patch\n", "error: unknown kernel 'patch'"),
    ("any any any inn>3 patches\n", "t.table:1:13: error: unknown quantity 'inn'"),
    ("any any any onedn\n", "t.table:1:13: error: unknown kernel 'onedn'"),
    ("# nothing\n", "t.table:1:1: error: the table has no line"),
  ])
  func faultsAreNamedAtTheirPlace(text: String, message: String) {
    var faults = DiagnosticBag()
    #expect(ConvolutionTable(SourceFile(name: "t.table", text: text), into: &faults) == nil)
    #expect(faults.rendered.contains(message), "\(faults.rendered)")
  }

  /// Every fault of a file is reported in one run.
  @Test func allFaultsAreReported() {
    var faults = DiagnosticBag()
    let text = "sse any any patches\nany any any patches\nany any any onedn\n"
    #expect(ConvolutionTable(SourceFile(name: "t.table", text: text), into: &faults) == nil)
    #expect(faults.sorted.count == 2)
  }

  @Test func aMeasuredTableTakesTheFastest() throws {
    var tuned: [ConvolutionTiming] = []
    for direction in ConvolutionDirection.allCases {
      let measured = try ConvolutionTiming(
        of: call(wide, direction), among: [.patches, .winograd], options)
      let timing = try #require(measured)
      #expect(Set(timing.milliseconds.map(\.kernel)) == [.patches, .winograd])
      #expect(timing.milliseconds[0].time <= timing.milliseconds[1].time)
      #expect(timing.milliseconds.allSatisfy { $0.time > 0 })
      tuned.append(timing)
    }
    var options = options
    options.convolutions = try table(ConvolutionTable.shipped.text(tuned: tuned, options))
    for timing in tuned {
      #expect(chosen(wide, timing.call.direction, options) == timing.milliseconds[0].kernel)
    }
    #expect(options.convolutions.rules.count == ConvolutionTable.shipped.rules.count + 3)
    let product = geometry(batch: 4, channels: 32, size: [8, 8], out: 16, kernel: [1, 1])
    #expect(
      try ConvolutionTiming(of: call(product, .forward), among: [.patches], options) == nil)
  }
}
