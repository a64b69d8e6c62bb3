import Compilation
import Data
import Diagnostics
import Execution
import Modules
import Planning
import Spec
import TensorIR

/// A snapshot as a safetensors file: every variable under its name, and in the metadata what else a
/// run goes on from.
///
/// Nothing in it depends on time or place: the same run writes the same bytes.
package struct Checkpoint {
  /// Where the variables and counts stand.
  var snapshot: Snapshot
  var seed: UInt64
  /// The identity of the run's spec.
  var spec: String
  /// The digest of the table of kernels: another rounds differently.
  var convolutions: String
  /// Digests of the contents of finite data sets, by the first stream of each.
  var data: [String: String]
  /// The name of the way in which samples of finite sets are ordered; nil where there are none, and in files of an advas
  /// that shuffled an array.
  var order: String?
  /// What steps have computed last; nothing in files of an advas that did not keep it.
  var latest = LatestScalars()

  private static let format = "advas checkpoint 2"
  /// Of an advas whose digest covered the tensors alone; it did not know of `data`.
  private static let firstFormat = "advas checkpoint 1"
  /// Rounds and steps that a file may speak of: more than anybody trains, and few enough to count samples with.
  package static let countRange = 0...(1 << 40)

  /// `checkpoint-000200.safetensors`.
  static func fileName(round: Int) -> String { "checkpoint-\(padded(round)).safetensors" }

  /// The round of a checkpoint's name; nil for other files.
  package static func round(fileName: String) -> Int? {
    guard fileName.hasPrefix("checkpoint-"), fileName.hasSuffix(".safetensors") else { return nil }
    let digits = fileName.dropFirst("checkpoint-".count).dropLast(".safetensors".count)
    // A name with other zeros, of a copy for example, is not where a run looks for the round.
    return Int(digits).flatMap { self.fileName(round: $0) == fileName ? $0 : nil }
  }
}

/// A round as file names hold it, six digits or more.
func padded(_ round: Int) -> String {
  let digits = String(round)
  return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
}

// MARK: - Writing

extension Checkpoint {
  /// Writes the file at `path`, the old one or the new one whatever happens.
  func write(to path: String, layout: StateLayout) throws(Diagnostic) {
    do throws(FileError) {
      try file(layout).write(to: path)
    } catch { throw error.diagnostic }
  }

  private func file(_ layout: StateLayout) -> SafetensorsFile {
    var metadata = [
      "format": Self.format, "round": "\(snapshot.round)", "seed": "\(seed)", "spec": spec,
      "convolutions": convolutions,
    ]
    for (player, count) in snapshot.steps { metadata["steps/\(player)"] = "\(count)" }
    for (stream, digest) in data { metadata["data/\(stream)"] = digest }
    metadata["order"] = order
    metadata["latest"] = latest.text(upTo: snapshot.round)
    let tensors = Dictionary(uniqueKeysWithValues: zip(layout.names, snapshot.tensors))
    var file = SafetensorsFile(tensors: tensors, metadata: metadata)
    file.metadata["digest"] = Self.digest(of: file)
    return file
  }

  /// The format itself has no checksum, so a flipped bit in a weight or in the round would go unseen.
  private static func digest(of file: SafetensorsFile) -> String {
    var digest = Digest()
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) where key != "digest" {
      digest.combine(key)
      digest.combine(value)
    }
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      digest.combine(name)
      digest.combine(tensor.typeDescription)
      digest.combine(tensor.bytes)
    }
    return digest.text
  }

  /// `true` iff the file at `path` holds what was saved.
  static func isWhole(path: String) -> Bool {
    guard let file = try? SafetensorsFile(path: path), let digest = file.metadata["digest"] else {
      return false
    }
    return [Self.digest(of: file), firstDigest(of: file)].contains(digest)
  }

  /// What the first format's digest covers.
  private static func firstDigest(of file: SafetensorsFile) -> String {
    var digest = Digest()
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      digest.combine(name)
      digest.combine(tensor.bytes)
    }
    return digest.text
  }
}

// MARK: - Reading

extension Checkpoint {
  /// Throws unless samples come in the order that the run began with; `found` are digests as in `data`.
  func requireOrder(_ found: [String: String]) throws(Diagnostic) {
    guard found.isEmpty || order == BatchSource.orderName else {
      throw Diagnostic(
        .error, "the run was begun by an advas that showed samples in another order",
        hint: "go on with that version, or start a new run; samples and reports work with this one")
    }
  }

  /// Throws unless the data is that of the run so far, which a checkpoint of the first format cannot tell.
  ///
  /// `found` are digests as in `data`.
  func requireData(_ found: [String: String], of experiment: Experiment) throws(Diagnostic) {
    for (stream, digest) in data.sorted(by: { $0.key < $1.key }) where found[stream] != digest {
      throw Diagnostic(
        .error, "the data of '\(stream)' is not what the run has trained on",
        at: experiment.streams.first { $0.name == stream }?.span,
        hint: "put back the files that it had, or start a new run")
    }
  }

  /// Reads the file at `path` and checks it against the experiment that it should continue.
  ///
  /// - Throws: a diagnostic that names the file where it is damaged or belongs to another spec.
  init(
    path: String, for compiled: CompiledExperiment, spec expected: String
  ) throws(Diagnostic) {
    let file = try SafetensorsFile(path: path)
    func refuse(_ reason: String, _ hint: String? = nil) -> Diagnostic {
      Diagnostic(.error, "the checkpoint '\(path)' \(reason)", hint: hint)
    }
    let format = file.metadata["format"]
    guard format == Self.format || format == Self.firstFormat else {
      throw refuse("is not one of advas", "its metadata should say format: \(Self.format)")
    }
    let digest = format == Self.format ? Self.digest(of: file) : Self.firstDigest(of: file)
    guard file.metadata["digest"] == digest else {
      throw refuse("is damaged: what it holds is not what was saved")
    }
    guard file.metadata["spec"] == expected else {
      throw refuse("was written for another spec", "spec.yaml must stay as the run wrote it")
    }
    // Checkpoints of an advas that knew no tables have none.
    convolutions = compiled.convolutionDigest
    guard file.metadata["convolutions"] ?? convolutions == convolutions else {
      throw refuse(
        "was written with another table of kernels",
        "convolutions.table must stay as the run wrote it")
    }
    guard let round = file.metadata["round"].flatMap({ Int($0) }),
      Self.countRange.contains(round),
      let seed = file.metadata["seed"].flatMap({ UInt64($0) })
    else { throw refuse("is damaged: its metadata lacks the round or the seed") }
    self.seed = seed
    self.spec = expected
    order = file.metadata["order"]
    latest = file.metadata["latest"].map { LatestScalars(text: $0) } ?? LatestScalars()
    data = Dictionary(
      uniqueKeysWithValues: file.metadata.compactMap { key, value in
        key.hasPrefix("data/") ? (String(key.dropFirst("data/".count)), value) : nil
      })
    var steps: [String: Int] = [:]
    for player in compiled.module.players {
      let count = file.metadata["steps/\(player.name)"].flatMap { Int($0) }
      guard let count, Self.countRange.contains(count) else {
        throw refuse("is damaged: its metadata lacks the steps of '\(player.name)'")
      }
      steps[player.name] = count
    }
    var tensors: [TensorData] = []
    for (name, shape) in zip(compiled.layout.names, compiled.layout.shapes) {
      guard let tensor = file.tensors[name], tensor.shape == shape.dimensions else {
        throw refuse("has no tensor '\(name)' of shape \(shape.dimensions)")
      }
      guard tensor.elementType == compiled.precision.fileType else {
        let other = Compiler.Precision.allCases.first { $0.fileType == tensor.elementType }
        throw refuse(
          "was not written with --precision \(compiled.precision.rawValue)",
          other.map { "add --precision \($0.rawValue), with which the run was started" })
      }
      tensors.append(tensor)
    }
    snapshot = Snapshot(round: round, steps: steps, tensors: tensors)
  }
}
