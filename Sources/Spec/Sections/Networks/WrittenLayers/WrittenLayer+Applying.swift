import Diagnostics
import Functions
import Layers
import Syntax

extension WrittenLayer {
  /// What surrounds the definition of a layer: the spec's variables and functions, for layers of the spec; nothing for
  /// those of the prelude.
  struct Surroundings {
    var numbers: [String: Double] = [:]
    var functions: [String: ExpressionEnvironment.Function] = [:]
  }

  /// The layer for operands of these shapes, one sample each; nil after a diagnostic about the definition.
  ///
  /// - Throws: why it cannot take these operands.
  func applied(
    to shapes: [[Int]], _ values: KeyValues, _ surroundings: Surroundings, usedAt use: SourceSpan,
    _ context: CheckingContext
  ) throws(ShapeFault) -> DefinedLayer? {
    let sizes = try match(shapes)
    let scratch = CheckingContext()
    scratch.numbers = surroundings.numbers
    for argument in arguments { scratch.numbers[argument.key.name] = argument.value(in: values) }
    for (name, size) in sizes.named { scratch.numbers[name] = Double(size) }
    defer { report(scratch.diagnostics, shapes, usedAt: use, context) }
    try checkRequirements(scratch)
    let declared = variables.map { ($0, $0.declaration(rest: sizes.rest ?? [], scratch)) }
    guard scratch.faults == 0 else { return nil }
    let own = declared.compactMap(\.1)

    var environment = ExpressionEnvironment()
    environment.numbers = scratch.numbers
    environment.functions = surroundings.functions
    environment.given[DefinedLayer.batch] = .scalar
    for (input, shape) in zip(inputs, shapes) {
      environment.given[input.name] = ValueShape(hasBatch: true, shape)
    }
    for variable in own {
      environment.given[variable.suffix] = ValueShape(hasBatch: false, variable.shape)
    }
    return check(environment, declared.compactMap { $1 == nil ? nil : $0 }, own, scratch)
  }

  /// The sizes that the operands' shapes give to names.
  private func match(_ shapes: [[Int]]) throws(ShapeFault) -> AxisSizes {
    var sizes = AxisSizes()
    for (index, (input, shape)) in zip(inputs, shapes).enumerated() {
      let before = sizes.named
      guard !input.pattern.match(shape, &sizes) else { continue }
      let known = input.pattern.names.compactMap { name in
        before[name].map { "\(name) is \($0)" }
      }
      throw ShapeFault(
        "'\(name)' needs '\(input.name)' to be \(input.pattern), but it is \(describe(shape: shape))",
        hint: known.isEmpty ? nil : known.joined(separator: ", ") + " by an operand before it",
        operand: index)
    }
    return sizes
  }

  private func checkRequirements(_ scratch: CheckingContext) throws(ShapeFault) {
    for requirement in requirements {
      guard let numbers = requirement.violation(of: "'\(name)'", scratch) else { continue }
      throw ShapeFault("'\(name)': \(requirement.message)", hint: numbers)
    }
  }

  /// Types the layer's expressions.
  private func check(
    _ environment: ExpressionEnvironment, _ written: [WrittenVariable],
    _ own: [VariableDeclaration], _ scratch: CheckingContext
  ) -> DefinedLayer? {
    var checker = ExpressionChecker(environment: environment)
    let buffers = written.filter { $0.next != nil }
    var values = [ExpressionChecker.NamedValue(name: "value", text: training, type: nil)]
    values += evaluation.map { [.init(name: "evaluation", text: $0, type: nil)] } ?? []
    values += buffers.compactMap { buffer in
      buffer.next.map { .init(name: buffer.name.text, text: $0, type: nil) }
    }
    let block = checker.checkBlock(
      lets: lets.map { ($0.name.text, $0.name.span, $0.text) }, values: values)
    scratch.adopt(checker.diagnostics)
    guard let block else { return nil }
    let (training, evaluation) = (block.values[0], block.values[self.evaluation == nil ? 0 : 1])
    let moves = zip(buffers, block.values.suffix(buffers.count)).map {
      DefinedLayer.Move(buffer: $0.name.text, value: $1)
    }
    for (move, buffer) in zip(moves, buffers) {
      let shape = own.first { $0.suffix == move.buffer }?.shape ?? []
      check(move, of: shape, buffer, scratch)
    }
    guard let output = outputShape(of: training, evaluation, scratch), scratch.faults == 0
    else { return nil }
    let all = block.bindings.map(\.value) + block.values
    warnUnused(written, all, scratch)
    return DefinedLayer(
      type: name, inputs: inputs.map(\.name), variables: own, bindings: block.bindings,
      training: training, evaluation: evaluation, moves: moves, outputShape: output,
      mixesSamples: (block.bindings.map(\.value) + [training]).contains(where: \.mixesSamples))
  }

  private func check(
    _ move: DefinedLayer.Move, of shape: [Int], _ buffer: WrittenVariable,
    _ scratch: CheckingContext
  ) {
    let type = move.value.type
    let fits = type.shape.map { !$0.hasBatch && $0.settled.sizes == shape && !$0.isOpen } ?? false
    if !fits {
      scratch.error(
        "buffer '\(move.buffer)' has the shape \(describe(shape: shape)), but becomes \(type)",
        at: buffer.next?.span, hint: "reduce over the batch: mean(x, along=[batch, height, width])")
    }
  }

  /// The shape of one sample of the layer's value; nil after a diagnostic.
  private func outputShape(
    of training: TypedExpression, _ evaluation: TypedExpression, _ scratch: CheckingContext
  ) -> [Int]? {
    for value in [training, evaluation] {
      guard let shape = value.type.shape, !shape.hasFreeAxes else {
        scratch.error(
          "layer '\(name)' gives \(value.type), but a layer gives one value per sample",
          at: value.span)
        return nil
      }
    }
    let shapes = [training, evaluation].compactMap { $0.type.shape?.sizes }
    guard shapes[0] == shapes[1] else {
      scratch.error(
        "layer '\(name)' gives \(training.type) in training, but \(evaluation.type) elsewhere",
        at: evaluation.span)
      return nil
    }
    return shapes[0].isEmpty ? [1] : shapes[0]
  }

  private func warnUnused(
    _ written: [WrittenVariable], _ values: [TypedExpression], _ scratch: CheckingContext
  ) {
    let used = values.reduce(into: Set<String>()) { $0.formUnion($1.givenNames) }
    for variable in written where !used.contains(variable.name.text) {
      scratch.adopt(
        Diagnostic(
          .warning, "'\(variable.name.text)' is never used", at: variable.name.span,
          hint: "use it or leave it out"))
    }
  }

  /// Passes on what was said about the definition, with the use that led there.
  private func report(
    _ diagnostics: DiagnosticBag, _ shapes: [[Int]], usedAt use: SourceSpan,
    _ context: CheckingContext
  ) {
    for var diagnostic in diagnostics.sorted {
      if diagnostic.level == .error {
        let operands = zip(inputs, shapes).map { "\($0.name) of \(describe(shape: $1))" }
        diagnostic.notes.append(
          Diagnostic(
            .note, "in the layer that is used here, for \(operands.joined(separator: ", "))",
            at: use)
        )
      }
      context.adopt(diagnostic)
    }
  }
}

extension TypedExpression {
  /// Inputs and variables of a layer that the expression names.
  fileprivate var givenNames: Set<String> {
    if case .given(let name) = term { return [name] }
    return operands.reduce(into: []) { $0.formUnion($1.givenNames) }
  }

  /// Whether the value of a sample takes in others of its batch.
  fileprivate var mixesSamples: Bool {
    let own =
      switch term {
      case .reduce(_, let value, let axes): axes == .all && value.type.shape?.hasBatch ?? true
      case .reduceAlong(_, _, let axes): axes.batch
      case .rearrange(_, let places): if case .roll = places { true } else { false }
      case .squaredDistances, .half: true
      case .dot(let a, let b, let axes):
        axes == .all && [a, b].contains { $0.type.shape?.hasBatch ?? true }
      // Of calls and of what belongs to a game, a layer has none.
      case .number, .given, .binding, .draw, .unary, .binary, .select, .function, .layer, .detach,
        .shift, .concatenate, .stream, .freshStream, .call, .gradient, .parameters, .subject,
        .loss, .ema, .orthogonality, .onlyWeights, .stepNumber, .state:
        false
      }
    return own || operands.contains(where: \.mixesSamples)
  }
}
