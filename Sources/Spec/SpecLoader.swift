import Diagnostics
import Glibc
import Syntax

/// Reads a spec with everything that it includes and checks it; faults of the user's become diagnostics.
public struct SpecLoader: Sendable {
  /// `key.path=value`, later ones over earlier ones.
  public var overrides: [String]
  /// Options of the command line, such as `--steps`, that stand for some of the overrides, by these.
  public var options: [String: String] = [:]
  /// Those of the overrides that say in other words what stands there already, as a path from another folder.
  package var rewordings: Set<String> = []
  /// Paths of specs laid over the file, before the overrides.
  public var includes: [String]
  /// Texts that stand in for included files, by absolute path: those that an editor has not saved yet.
  package var editedFiles: [String: String] = [:]
  /// Whether loading notes what every expression means.
  package var notesMeanings = false
  /// What `${env:NAME}` finds.
  public var environment: [String: String]
  /// The run of the spec's `sweep` to load, from 0; nil loads the spec without its sweep.
  public var run: Int?

  /// What loading gives: the experiment, unless there were errors, and what to tell the user.
  public struct Result: Sendable {
    /// nil iff `diagnostics` has errors.
    public var experiment: Experiment?
    /// Errors, warnings and notes, each with its place.
    public var diagnostics: DiagnosticBag
    /// nil where the file could not be read as YAML.
    public var config: ResolvedConfig?
    /// What was found on the way, behind errors too.
    package var parts = CheckedParts()
    /// What each run of the spec's `sweep` sets, `seed=0 vars.width=32`; empty without a sweep.
    public var runs: [String] = []
  }

  /// Makes a loader; `environment` is by default that of the process.
  public init(
    overrides: [String] = [], includes: [String] = [], run: Int? = nil,
    environment: [String: String]? = nil
  ) {
    self.run = run
    self.overrides = overrides
    self.includes = includes
    self.environment = environment ?? Self.processEnvironment()
  }

  /// Reads the files of the spec at `path`, without checking what they say.
  public func read(path: String) -> SpecSource {
    switch SpecFile.read(path) {
    case .success(let file): source(file)
    case .failure(let diagnostic): SpecSource(unreadable: diagnostic)
    }
  }

  private func source(_ file: SourceFile) -> SpecSource {
    SpecSource(
      file, includes: includes, environment: environment, editedFiles: editedFiles)
  }

  /// Loads the spec at `path`.
  public func load(path: String) -> Result { load(read(path: path)) }

  /// Reads what a spec of this text includes, relative to `name`, without checking what it says.
  public func read(text: String, name: String) -> SpecSource {
    source(SourceFile(name: name, text: text))
  }

  /// Loads a spec from a text; files that it includes are relative to `name`.
  public func load(text: String, name: String = "spec.yaml") -> Result {
    load(read(text: text, name: name))
  }

  /// Loads a spec whose files were read.
  public func load(_ source: SpecSource) -> Result {
    let context = CheckingContext(expressionFunctions: BuiltIn.names)
    context.notesMeanings = notesMeanings
    return load(source, context)
  }

  private func load(_ source: SpecSource, _ context: CheckingContext) -> Result {
    context.adopt(source.diagnostics)
    var runs: [String] = []
    guard let file = source.file, let tree = compose(source, context, &runs) else {
      return Result(experiment: nil, diagnostics: context.diagnostics, config: nil)
    }
    let variables = Variables(tree["vars"], environment: environment, context)
    context.numbers = variables.values
    // Faulty variables would be reported again at each use.
    var interpolation = Interpolation(numbers: variables.values, environment: environment)
    for name in variables.failed { interpolation.words[name] = "1" }
    let resolved = interpolation.apply(toSpec: tree.withoutUnusedParts(of: file))
    context.adopt(interpolation.diagnostics)
    for name in variables.failed { context.numbers[name] = 1 }
    // A missing include would make everything that it defines an unknown name.
    var checker = SpecChecker(context: context, variables: variables)
    let experiment = source.isWhole ? checker.check(resolved) : nil
    let config = ResolvedConfig(tree: resolved, root: file, context)
    return Result(
      experiment: context.diagnostics.hasErrors ? nil : experiment,
      diagnostics: context.diagnostics, config: config,
      parts: CheckedParts(checker.networks, variables.values, context), runs: runs)
  }

  /// The source's tree with the overrides, as one run of its sweep; nil where there is none.
  private func compose(
    _ source: SpecSource, _ context: CheckingContext, _ runs: inout [String]
  ) -> SpecNode? {
    guard let file = source.file, var tree = source.tree else { return nil }
    let given = parsedOverrides(context)
    for override in given where override.isOfSweep { tree = apply(override, to: tree, context) }
    return varied(tree, under: given.filter { !$0.isOfSweep }, in: file, context, &runs)
  }

  /// The overrides that can be read; each is a file of its own, with its own faults.
  private func parsedOverrides(_ context: CheckingContext) -> [Override] {
    overrides.compactMap { text in
      var faults = DiagnosticBag()
      defer { context.adopt(faults) }
      var override = Override(text, option: options[text], into: &faults)
      override?.keepsPlace = rewordings.contains(text)
      return override
    }
  }

  private func apply(
    _ override: Override, to tree: SpecNode, _ context: CheckingContext
  ) -> SpecNode {
    var faults = DiagnosticBag()
    defer { context.adopt(faults) }
    return override.apply(to: tree, into: &faults)
  }

  /// The tree without its sweep, with the settings of the run that was asked for and, over these, the overrides.
  private func varied(
    _ tree: SpecNode, under overrides: [Override], in file: SourceFile,
    _ context: CheckingContext, _ runs: inout [String]
  ) -> SpecNode {
    var tree = tree
    var faults = DiagnosticBag()
    let sweep = Sweep(removingFrom: &tree, under: overrides, into: &faults)
    runs = sweep?.runs.map(Sweep.title) ?? []
    let chosen = run.flatMap { runs.indices.contains($0) ? $0 : nil }
    if let chosen, let sweep {
      tree = sweep.tree(ofRun: chosen, tree, into: &faults)
    } else if let run, !faults.hasErrors {
      faults.insert(
        Diagnostic(
          .error, "there is no run \(run)", at: SourceSpan(file, 0, 0),
          hint: runs.isEmpty
            ? "the spec has no 'sweep'" : "runs are 0 to \(runs.count - 1); see 'advas-run runs'"))
    }
    for override in overrides { tree = apply(override, to: tree, context) }
    if let chosen, let sweep { tree = sweep.naming(run: chosen, tree, into: &faults) }
    context.adopt(faults)
    return tree
  }

  /// What each run of the spec's `sweep` sets; empty without a sweep.
  ///
  /// The spec itself is not checked: it may lack what every run sets.
  public func runs(of source: SpecSource) -> (titles: [String], diagnostics: DiagnosticBag) {
    let context = CheckingContext()
    context.adopt(source.diagnostics)
    var titles: [String] = []
    _ = compose(source, context, &titles)
    return (titles, context.diagnostics)
  }

  private static func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      pointer += 1
    }
    return result
  }
}
