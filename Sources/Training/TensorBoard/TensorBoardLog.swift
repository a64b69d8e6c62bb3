import Data
import Diagnostics
import Glibc
import JSON

/// What a run writes for TensorBoard, beside its other files: `tensorboard --logdir runs` shows every run of the folder.
///
/// Scalars are the numbers of `metrics.jsonl` under `player/loss` and `metrics/fid`, pictures are those of samples,
/// histograms those of parameters at the same rounds.
final class TensorBoardLog {
  private let file: EventFile
  private let hyperparameters: HyperparameterEvents

  /// Begins a file in a run's folder; of a run that goes on from `round`, what earlier files have of later rounds goes.
  ///
  /// `spec` is the resolved spec, `metrics` are tags to show in the table of runs.
  init(
    in folder: Folder, spec: String, metrics: [String], continuingFrom round: Int? = nil
  ) throws(Diagnostic) {
    if let round { try EventFile.cut(in: folder, behind: round) }
    let leaves = SpecValues(text: spec, name: "spec.yaml")?.leaves ?? []
    let name = folder.path.split(separator: "/").last.map(String.init) ?? folder.path
    hyperparameters = HyperparameterEvents(leaves, metrics: metrics, group: name)
    file = try EventFile(in: folder)
    guard round == nil else { return }
    for event in hyperparameters.start(time: Self.now) { try file.append(event) }
    try file.append(.text("spec", "```yaml\n\(spec)```\n", time: Self.now))
  }

  /// Adds the numbers of a line of `metrics.jsonl`.
  func add(_ line: JSONValue) throws(Diagnostic) {
    guard case .object(let members) = line, case .integer(let round) = line["round"] else { return }
    for member in members where member.name != "round" && member.name != "nonfinite" {
      for (tag, value) in Self.scalars(member.value, tag: Self.tag(of: member)) {
        try file.append(.scalar(tag, value, time: Self.now, step: round))
      }
    }
  }

  private static func tag(of member: JSONValue.Member) -> String {
    if case .object = member.value { member.name } else { "run/\(member.name)" }
  }

  /// Numbers below a member, by their tags; null stands for what is not finite.
  private static func scalars(_ value: JSONValue, tag: String) -> [(tag: String, value: Double)] {
    switch value {
    case .integer(let number): [(tag, Double(number))]
    case .number(let number): [(tag, number)]
    case .null: [(tag, .nan)]
    case .object(let members):
      members.flatMap { member in
        // A figure that has no name of its own is the metric's.
        scalars(member.value, tag: member.name == "value" ? tag : "\(tag)/\(member.name)")
      }
    case .boolean, .text, .list: []
    }
  }

  /// Adds a picture that was written to `path`.
  func addPicture(at path: String, round: Int) throws(Diagnostic) {
    let png = try EventFile.bytes(of: path)
    try file.append(.image("samples", png: png, time: Self.now, step: round))
  }

  /// Adds the histogram of each tensor.
  func addHistograms(
    _ tensors: [(name: String, values: [Double])], round: Int
  ) throws(Diagnostic) {
    for tensor in tensors {
      let bins = [HistogramBin](tensor.values)
      try file.append(
        .histogram("parameters/\(tensor.name)", bins, time: Self.now, step: round))
    }
  }

  /// Notes that the run has come to its end.
  func finish(round: Int) throws(Diagnostic) {
    try file.append(hyperparameters.end(time: Self.now, step: round))
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
