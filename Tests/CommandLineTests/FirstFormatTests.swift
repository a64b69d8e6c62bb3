import Data
import Foundation
import Testing

/// A run that an earlier advas began, whose checkpoints have the first format, goes on.
///
/// `Cases/first-format` is what commit dd17d96 wrote in 12 rounds of its spec.yaml; `after-12` is its last checkpoint.
@Suite struct FirstFormatTests {
  private static let first = "checkpoint-000006.safetensors"

  private func copied() throws -> Workplace {
    let place = try Workplace()
    let cases = try #require(
      Bundle.module.url(forResource: "first-format", withExtension: nil, subdirectory: "Cases"))
    try FileManager.default.copyItem(at: cases, to: place.file("run"))
    try FileManager.default.moveItem(
      at: place.file("run/after-12.safetensors"), to: place.file("after-12.safetensors"))
    return place
  }

  @Test func sixRoundsOfThenAndSixOfNowAreTwelveOfThen() throws {
    let place = try copied()
    let old = try SafetensorsFile(path: place.file("run/\(Self.first)").path)
    #expect(old.metadata["format"] == "advas checkpoint 1")
    let result = try place.run("resume", "run")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("going on after 6 of 12 rounds in run"))
    let now = try SafetensorsFile(path: place.file("run/checkpoint-000012.safetensors").path)
    #expect(now.metadata["format"] == "advas checkpoint 2")
    let then = try SafetensorsFile(path: place.file("after-12.safetensors").path)
    #expect(now.tensors.keys.sorted() == then.tensors.keys.sorted())
    for (name, tensor) in then.tensors {
      let values = try #require(now.tensors[name]).doubles
      for (value, expected) in zip(values, tensor.doubles) {
        // Another processor may round otherwise in each of six rounds.
        #expect(abs(value - expected) <= 1e-4 * max(1e-2, abs(expected)), "\(name)")
      }
    }
  }

  /// The first format's digest covers tensors.
  @Test func aFlippedBitIsRefused() throws {
    let place = try copied()
    var bytes = try place.bytes("run/\(Self.first)")
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: place.file("run/\(Self.first)"))
    let result = try place.run("resume", "run")
    #expect(result.status == 2)
    #expect(result.error.contains("\(Self.first)' is damaged"), "\(result.error)")
  }
}
