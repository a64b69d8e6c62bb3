import Console
import Data
import Diagnostics
import Glibc
import Spec
import Syntax
import TensorIR

/// A spec that was read and checked.
public struct LoadedSpec: Sendable {
  /// The spec's own file, without what it includes.
  public var file: SourceFile?
  /// What the spec means.
  public var experiment: Experiment
  /// With every value and where it comes from; itself a spec.
  public var resolvedText: String
  /// A digest of everything in the spec that a run's numbers depend on: not of its length, its
  /// threads or what it writes when.
  ///
  /// A checkpoint continues a run of the same identity.
  public var identity: String
  /// Like `identity`, but the same wherever the spec or the command line says what numbers do not depend on.
  public var digest: String
  /// Warnings and notes.
  public var diagnostics: DiagnosticBag
  /// What each run of the spec's `sweep` sets; empty without a sweep.
  public var runs: [String] = []
}

/// A spec with what the command line changes of it, its files read once.
public struct SpecInput: Sendable {
  fileprivate var loader: SpecLoader
  fileprivate let source: SpecSource

  /// Reads the spec at `path` with everything that it includes.
  ///
  /// `overrides` are `key.path=value`, later ones over earlier ones; `includes` are specs laid over the file before them.
  /// `options` are those of the command line, such as `--steps`, that stand for some of the overrides, by these.
  public init(
    path: String, overrides: [String] = [], includes: [String] = [], options: [String: String] = [:]
  ) {
    loader = SpecLoader(overrides: overrides, includes: includes)
    loader.options = options
    source = loader.read(path: path)
  }

  /// A spec that is nowhere in a file; `name` is what messages call it.
  public init(text: String, name: String) {
    loader = SpecLoader()
    source = loader.read(text: text, name: name)
  }

  /// What each run of the spec's `sweep` sets; empty without a sweep.
  ///
  /// - Throws: a failure where the files cannot be read, the sweep is faulty or has no run `number`; the spec itself is not
  ///   checked.
  public func runs(with number: Int? = nil) throws(Failure) -> [String] {
    var loader = loader
    loader.run = number
    let (titles, diagnostics) = loader.runs(of: source)
    guard !diagnostics.hasErrors else { throw Failure(.faultyInput, diagnostics) }
    return titles
  }
}

extension Compiler {
  /// Checks a spec; `run` is the run of its `sweep`, from 0, nil the spec without it.
  ///
  /// - Throws: a failure with every fault of the spec.
  public mutating func load(_ input: SpecInput, run: Int? = nil) throws(Failure) -> LoadedSpec {
    try requireRoom()
    let result = timed("load") {
      var loader = input.loader
      loader.run = run
      let result = loader.load(input.source)
      let text = result.config?.text ?? ""
      let moved = result.experiment?.absolutePathOverrides(of: text) ?? []
      guard !moved.isEmpty else { return result }
      loader.overrides += moved
      loader.rewordings = Set(moved)
      return loader.load(input.source)
    }
    guard let experiment = result.experiment, let config = result.config else {
      throw Failure(.faultyInput, result.diagnostics)
    }
    let lines = Self.neutralLines(of: config.text)
    return LoadedSpec(
      file: input.source.file, experiment: experiment, resolvedText: config.text,
      identity: Digest.text(of: lines.joined(separator: "\n")),
      digest: Digest.text(of: Self.withoutNeutralKeys(lines).joined(separator: "\n")),
      diagnostics: result.diagnostics, runs: result.runs)
  }

  /// Values for all that does not count for the identity.
  private static let neutralOverrides = [
    "train.total=1", "train.threads=0", "train.memory_budget=null", "output.dir=runs",
    "log.every=1", "log.tensorboard=false", "samples.every=0",
    "checkpoint.every=0", "checkpoint.minutes=0", "checkpoint.keep=1",
  ]
  /// How a resolved text spells a neutral value of a key that it did not always have: without it, runs of an earlier
  /// advas can go on.
  private static let laterLines: Set<String> = [
    "minutes: 0", "weight_norm: false", "weight_standardization: false", "equalized: false",
    "through: identity", "cache: memory", "buffers: copy", "statistics: running", "balance: none",
    "tensorboard: false", "microbatch: 0", "noise: random", "count_include_pad: true",
  ]

  /// The lines of a resolved spec with neutral values, without the comments that say where values
  /// come from.
  ///
  /// A resolved text resolves to itself but for these comments, so a run and its continuation
  /// agree.
  private static func neutralLines(of text: String) -> [String] {
    let measured = ["metrics", "features", "detectors"].filter { text.contains("\n\($0):") }
    let overrides = neutralOverrides + measured.map { "\($0)=null" }
    let config = SpecLoader(overrides: overrides).load(text: text).config
    // What is measured must not tell a spec from the same one without.
    return withoutComments(config?.literalText ?? text).filter { line in
      !laterLines.contains(String(line.drop { $0 == " " }))
        && !measured.contains { line.hasPrefix("\($0): null") }
    }
  }

  /// The lines without those of neutral overrides, which stand where they were first said.
  private static func withoutNeutralKeys(_ lines: [String]) -> [String] {
    let keys = Set(neutralOverrides.map { $0.prefix { $0 != "=" } })
    var section = ""
    return lines.filter { line in
      guard line.hasPrefix("  ") else {
        section = String(line.prefix { $0 != ":" })
        return true
      }
      return !keys.contains("\(section).\(line.dropFirst(2).prefix { $0 != ":" })")
    }
  }

  /// The lines of a resolved text without the comments that say where values come from.
  package static func withoutComments(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      let bytes = Array(line.utf8)
      let marker = Array("  # ".utf8)
      let end = (0..<max(0, bytes.count - 3)).last { bytes[$0..<($0 + 4)].elementsEqual(marker) }
      var kept = bytes[..<(end ?? bytes.count)]
      while kept.last == UInt8(ascii: " ") { kept.removeLast() }
      return String(decoding: kept, as: UTF8.self)
    }
  }
}

extension Experiment {
  /// Overrides that make the relative paths of a resolved text absolute, so that it works from any folder.
  ///
  /// Paths of the experiment are joined with their file's folder: of a spec that was named absolutely they are absolute
  /// whatever is written.
  fileprivate func absolutePathOverrides(of text: String) -> [String] {
    func absolute(_ path: String) -> String? {
      path.hasPrefix("/") ? (Self.isWritten(path, in: text) ? nil : path) : Self.absolute(path)
    }
    let files = metrics.compactMap(\.features).flatMap { source in
      [("spec", source.spec), ("weights", source.weights)].compactMap { key, path -> String? in
        absolute(path).map { "features.\(source.name).\(key)=\(yamlQuoted($0))" }
      }
    }
    let weights = networks.compactMap { network -> String? in
      guard let file = network.weights, let path = absolute(file.path) else { return nil }
      let key = "networks.\(network.name).from" + (file.isMapping ? ".path" : "")
      return "\(key)=\(yamlQuoted(path))"
    }
    let starts = metrics.compactMap { metric -> String? in
      guard case .game(.optimality(_, _, _, .checkpoint(let path))) = metric.measure else {
        return nil
      }
      return absolute(path).map { "metrics.\(metric.name).start=\(yamlQuoted($0))" }
    }
    return files + weights + starts
      + streams.flatMap { stream -> [String] in
        guard case .data(let dataset, column: 0) = stream.source else { return [] }
        let main = dataset.definition.path.map { [("path", $0)] } ?? []
        return (main + dataset.definition.morePaths).compactMap { key, path in
          absolute(path).map { "data.\(stream.name).\(key)=\(yamlQuoted($0))" }
        }
      }
  }

  /// Whether a text has the whole path, not one that it is a part of.
  private static func isWritten(_ path: String, in text: String) -> Bool {
    let borders: Set<Character> = ["\n", "\"", "'", ",", "]", "}"]
    return text.ranges(of: path).contains { range in
      let before = text[..<range.lowerBound].last ?? "\n"
      let behind = text[range.upperBound...]
      // Two spaces are before a comment; one may be part of a longer path.
      return " [\"'\n".contains(before)
        && (behind.first.map(borders.contains) ?? true || behind.hasPrefix("  "))
    }
  }

  /// The absolute path of what a relative one names; nil where it names nothing.
  private static func absolute(_ path: String) -> String? {
    // `{000..012}` names the files of a folder, and none by itself.
    guard let brace = path.firstIndex(of: "{") else { return real(path) }
    let slash = path[..<brace].lastIndex(of: "/")
    let (folder, names) =
      slash.map { (path[..<$0], path[path.index(after: $0)...]) } ?? (".", path[...])
    return real(String(folder)).map { "\($0)/\(names)" }
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
