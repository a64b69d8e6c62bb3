import Diagnostics
import Glibc

/// Reads a spec with everything that it includes and checks it; faults of the user's become diagnostics.
public struct SpecLoader: Sendable {
  /// `key.path=value`, later ones over earlier ones.
  public var overrides: [String]
  /// Paths of specs laid over the file, before the overrides.
  public var includes: [String]
  /// What `${env:NAME}` finds.
  public var environment: [String: String]

  /// What loading gives: the experiment, unless there were errors, and what to tell the user.
  public struct Result: Sendable {
    /// nil iff `diagnostics` has errors.
    public var experiment: Experiment?
    public var diagnostics: DiagnosticBag
    /// nil where the file could not be read as YAML.
    public var config: ResolvedConfig?
  }

  /// Makes a loader; `environment` is by default that of the process.
  public init(
    overrides: [String] = [], includes: [String] = [], environment: [String: String]? = nil
  ) {
    self.overrides = overrides
    self.includes = includes
    self.environment = environment ?? Self.processEnvironment()
  }

  /// Loads the spec at `path`.
  public func load(path: String) -> Result {
    switch SpecFile.read(path) {
    case .success(let file): load(file)
    case .failure(let diagnostic):
      Result(experiment: nil, diagnostics: DiagnosticBag([diagnostic]), config: nil)
    }
  }

  /// Loads a spec from a text; files that it includes are relative to `name`.
  public func load(text: String, name: String = "spec.yaml") -> Result {
    load(SourceFile(name: name, text: text))
  }

  private func load(_ file: SourceFile) -> Result {
    let context = CheckingContext()
    guard let (tree, isWhole) = compose(file, context) else {
      return Result(experiment: nil, diagnostics: context.diagnostics, config: nil)
    }
    let variables = Variables(tree["vars"], environment: environment, context)
    context.numbers = variables.values
    // Faulty variables would be reported again at each use.
    var interpolation = Interpolation(numbers: variables.values, environment: environment)
    for name in variables.failed { interpolation.words[name] = "1" }
    let resolved = interpolation.apply(tree)
    context.adopt(interpolation.diagnostics)
    for name in variables.failed { context.numbers[name] = 1 }
    // A missing include would make everything that it defines an unknown name.
    let experiment =
      isWhole ? SpecChecker(context: context, variables: variables).check(resolved) : nil
    let config = ResolvedConfig(tree: resolved, root: file, context)
    return Result(
      experiment: context.diagnostics.hasErrors ? nil : experiment,
      diagnostics: context.diagnostics,
      config: config)
  }

  /// The file with its includes and overrides; `isWhole` is false where one of them was faulty.
  private func compose(_ file: SourceFile, _ context: CheckingContext) -> (SpecNode, isWhole: Bool)?
  {
    var composer = SpecComposer(environment: environment)
    var tree = composer.tree(of: file)
    var hasMissingFlag = false
    for path in includes {
      let patch = composer.tree(ofIncludeFlag: path)
      hasMissingFlag = hasMissingFlag || patch == nil
      if let patch {
        tree = tree.map { $0.merged(under: patch) }
      }
    }
    context.adopt(composer.diagnostics)
    guard var tree else { return nil }
    let isWhole = !composer.hasMissingFiles && !hasMissingFlag
    for text in overrides {
      var faults = DiagnosticBag()
      if let override = Override(text, into: &faults) {
        tree = override.apply(to: tree, into: &faults)
      }
      context.adopt(faults)
    }
    return (tree, isWhole)
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

extension Experiment {
  /// Loads and checks the spec at `path` with `overrides` (`key.path=value`) and `includes` laid over it.
  public static func load(
    path: String, overrides: [String] = [], includes: [String] = []
  ) -> SpecLoader.Result {
    SpecLoader(overrides: overrides, includes: includes).load(path: path)
  }
}
