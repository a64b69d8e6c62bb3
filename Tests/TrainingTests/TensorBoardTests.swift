import Data
import Foundation
import GameSupport
import JSON
import Testing

@testable import Training

/// Event files as TensorBoard reads them.
///
/// The records are those of a writer in Python whose files TensorBoard 2.21 reads.
@Suite struct TensorBoardTests {
  private func hex(_ event: TensorBoardEvent) -> String {
    RecordFraming.framed(event.bytes).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static let start = 1.7e9

  @Test func recordsAreThoseOfTensorBoard() {
    #expect(
      hex(.version(time: Self.start))
        == "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d")
    #expect(
      hex(.scalar("fid", 31.25, time: Self.start + 1, step: 100))
        == "2f000000000000006d5d1d500900004040fc54d94110642a220a200a03666964420a0801120022040000fa41"
        + "4a0d0a090a077363616c6172732001aef0d05a")
    let bins = [
      HistogramBin(left: -1, right: 0, count: 3), HistogramBin(left: 0, right: 1, count: 5),
    ]
    #expect(
      hex(.histogram("grad/D", bins, time: Self.start + 2, step: 200))
        == "6a00000000000000af81ed670900008040fc54d94110c8012a5c0a5a0a06677261642f44423e080212081202"
        + "0802120208032230000000000000f0bf00000000000000000000000000000840000000000000000000000000"
        + "0000f03f00000000000014404a100a0c0a0a686973746f6772616d732002b9c426eb")
    #expect(
      hex(.text("spec", "name: **ring**", time: Self.start + 2))
        == "39000000000000008b0737f10900008040fc54d9412a2e0a2c0a047370656342180807120412020801420e6e"
        + "616d653a202a2a72696e672a2a4a0a0a060a04746578742002adc6e9ec")
  }

  @Test func picturesCarryTheirSize() {
    let digits = Array(
      ("89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001249444154789c63"
        + "f8cfc0c000c20cff8100001fee05fb0bd9688b0000000049454e44ae426082").utf8)
    let png = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    #expect(
      hex(.image("samples", png: png, time: Self.start + 2, step: 200))
        == "8400000000000000411d8aef0900008040fc54d94110c8012a760a740a0773616d706c6573425b0807120412"
        + "020803420132420132424b89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73"
        + "0000001249444154789c63f8cfc0c000c20cff8100001fee05fb0bd9688b0000000049454e44ae4260824a0c"
        + "0a080a06696d616765732003edaab061")
  }

  @Test func hyperparametersAreThoseOfThePlugin() throws {
    let spec =
      "name: g\nseed: 4\nobjective: wgan_gp\nnetworks: {G: {input: z}}\ntrain: {total: 7}\n"
    let leaves = try #require(SpecValues(text: spec, name: "spec.yaml")).leaves
    let events = HyperparameterEvents(leaves, metrics: ["metrics/fid"], group: "g")
    #expect(
      events.start(time: Self.start).map(hex) == [
        "5e00000000000000d8b06ebc0900000040fc54d9412a530a510a145f68706172616d735f2f6578706572696d"
          + "656e744a390a370a0768706172616d73122c122a22080a04736565642003220d0a096f626a65637469766520"
          + "012a0f0a0d120b6d6574726963732f666964d91df6ee",
        "73000000000000000d737cc80900000040fc54d9412a680a660a1c5f68706172616d735f2f73657373696f6e"
          + "5f73746172745f696e666f4a460a440a0768706172616d7312391a370a110a04736565641209110000000000"
          + "0010400a160a096f626a65637469766512091a077767616e5f67702201672900000040fc54d941bf6621e3",
      ])
    #expect(
      hex(events.end(time: Self.start + 60, step: 201))
        == "4800000000000000fe92489d090000004ffc54d94110c9012a3a0a380a1a5f68706172616d735f2f73657373"
        + "696f6e5f656e645f696e666f4a1a0a180a0768706172616d73120d220b0801110000004ffc54d9414d2f192f"
    )
  }

  /// Measures of the game have no better side; of layers nobody knows the names yet.
  @Test func theTableOfRunsHasFiguresThatAreWritten() throws {
    let game = "{optimality: {steps: [1, 5]}}, {layer_gradients: {player: generator}}"
    let experiment = try smallGame(settings: ["metrics=[\(game), modes, fid]"])
    let tags = TrainingRun.boardMetrics(of: experiment)
    #expect(
      tags.filter { $0.hasPrefix("metrics/optimality") } == [
        "metrics/optimality/cosine_1", "metrics/optimality/distance_1",
        "metrics/optimality/cosine_5", "metrics/optimality/distance_5",
      ])
    #expect(!tags.contains { $0.hasPrefix("metrics/layer_gradients") })
    #expect(tags.contains("metrics/fid") && tags.contains("metrics/modes/covered"))
  }

  @Test func binsHoldEveryFiniteValue() {
    #expect([HistogramBin]([2, 2, .nan]) == [HistogramBin(left: 1.5, right: 2.5, count: 2)])
    let bins = [HistogramBin]([0, 1, 2, 3, 30])
    #expect(bins.count == 30 && bins.map(\.count).reduce(0, +) == 5)
    #expect(bins[0] == HistogramBin(left: 0, right: 1, count: 1))
    #expect(bins[29] == HistogramBin(left: 29, right: 30, count: 1))
    #expect([HistogramBin]([.infinity]).isEmpty)
  }

  /// TensorBoard reads files in the order of their names, whatever a clock says that was set back in between.
  @Test func filesFollowEachOther() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let first = "events.out.tfevents.4102444800.advas.3"
    try Data().write(to: url.appendingPathComponent(first))
    _ = try EventFile(in: Folder(url.path))
    #expect(Folder(url.path).entries == [first, "events.out.tfevents.4102444801.advas.0"])
  }

  /// What a run wrote behind its checkpoint is written again by the run that goes on, into a file of its own.
  @Test func aContinuedRunCutsWhatItWritesAgain() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = Folder(url.path)
    func line(_ round: Int) throws -> JSONValue {
      try JSONParser.parse(
        Array("{\"round\":\(round),\"seconds\":1.5,\"generator\":{\"loss\":null}}".utf8))
    }
    let spec = "seed: 1\n"
    var log: TensorBoardLog? = try TensorBoardLog(in: folder, spec: spec, metrics: [])
    for round in 1...5 { try log?.add(line(round)) }
    log = nil
    let first = try #require(folder.entries.first)
    // The file of a killed writer may end within a record.
    let whole = try EventFile.bytes(of: folder.file(first))
    try Data(whole + [1, 2, 3]).write(to: url.appendingPathComponent(first))
    log = try TensorBoardLog(in: folder, spec: spec, metrics: [], continuingFrom: 3)
    try log?.add(line(4))
    log = nil
    #expect(folder.entries.count == 2)
    var steps: [[Int]] = []
    for entry in folder.entries {
      let bytes = try EventFile.bytes(of: folder.file(entry))
      let records = RecordFraming.soundRecords(of: bytes)
      #expect(records.last?.upperBound == bytes.count - 4)
      steps.append(
        records.map { record in
          var step = 0
          _ = ProtocolBuffer.forEachField(bytes[record]) { field, value in
            if field == 2, case .number(let number) = value { step = Int(number) }
          }
          return step
        })
    }
    // Version, two of hyperparameters and the spec; then two numbers a line.
    #expect(steps == [[0, 0, 0, 0, 1, 1, 2, 2, 3, 3], [0, 4, 4]])
  }
}
