import Foundation
import Testing

/// A run goes on from any folder, wherever its data lies.
@Suite struct DataPathTests {
  /// A file of NumPy's, format 1.0: magic, length of the header, header, values.
  private func npy(_ type: String, _ shape: String, _ values: [UInt8]) -> Data {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0] + length + Array(header.utf8) + values)
  }

  private func labelled() throws -> Workplace {
    let place = try Workplace(
      spec: """
        spec: 1
        name: labelled
        data:
          x: {type: npy, path: x.npy, label_path: y.npy, shape: [1, 2, 2], classes: 2, batch: 4, labels: y}
        latent: {z: {shape: [2]}}
        networks:
          G: {input: [z, y], layers: [{concatenate: [z, y]}, {linear: 4}, {reshape: [1, 2, 2]}]}
          D: {input: [x, y], layers: [{flatten: {from: x}}, {concatenate: [previous, y]}, {linear: 1}]}
        bind: {fake: "G(z, y)", score(v): "D(v, y)"}
        objective: hinge
        optimizer: {type: adam, lr: 1e-3}
        train: {total: 2, threads: 1}

        """)
    try npy("|u1", "(8, 1, 2, 2)", (0..<32).map { UInt8($0) }).write(to: place.file("x.npy"))
    let labels = npy("|u1", "(8,)", (0..<8).map { UInt8($0 % 2) })
    for name in ["y.npy", "x.npy.y.npy"] { try labels.write(to: place.file(name)) }
    return place
  }

  private func goesOnFromTheRoot(_ place: Workplace) throws {
    let run = place.file("runs/00000-labelled").path
    let again = try Command.run(
      Command.url("advas-run"), ["resume", run, "--steps", "3"], in: URL(filePath: "/"))
    #expect(again.status == 0, "\(again.error)")
  }

  @Test(arguments: [false, true])
  func filesOfLabels(namesAbsolutely: Bool) throws {
    let place = try labelled()
    let first = try place.run(namesAbsolutely ? place.file("spec.yaml").path : "spec.yaml")
    #expect(first.status == 0, "\(first.error)")
    try goesOnFromTheRoot(place)
  }

  /// The absolute path of the pictures begins that of the labels, and is no more written for that.
  @Test func aPathThatBeginsAnother() throws {
    let place = try labelled()
    let labels = "data.x.label_path=\(place.file("x.npy.y.npy").path)"
    let first = try place.run(place.file("spec.yaml").path, "--set", labels)
    #expect(first.status == 0, "\(first.error)")
    try goesOnFromTheRoot(place)
  }

  /// A path is written in full, and still comes from the line that names it.
  @Test func pathsComeFromTheirLines() throws {
    let place = try labelled()
    let config = try place.run("config", "spec.yaml")
    let lines = config.output.split(separator: "\n").filter { $0.contains(".npy") }
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("  # spec.yaml:4") }, "\(lines)")
    #expect(lines.allSatisfy { $0.contains(": /") }, "\(lines)")
    let fault = try place.run("check", "spec.yaml", "--set", "data.x.shape=[1, 2, 3]")
    #expect(!fault.error.contains("--set data.x.path"), "\(fault.error)")
  }
}
