import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct SafetensorsTests {
  static let sample = SafetensorsFile(
    tensors: [
      "G.0.weight": TensorData(
        floats: [1, -0.0, .nan, .infinity, .leastNonzeroMagnitude, 3], shape: [2, 3]),
      "optimizer/step": TensorData(integers: [Int64.max], shape: []),
      "m \"é\"\n/": TensorData(doubles: [0.1, -.pi], shape: [2, 1]),
      "mask": TensorData(.uint8, shape: [3], bytes: [0, 255, 7]),
      "empty": TensorData(floats: [], shape: [0, 5]),
    ], metadata: ["run": "a \\ b", "step": "12"])

  @Test func roundTrip() throws {
    let folder = try TemporaryFolder()
    try Self.sample.write(to: folder.file("a.safetensors"))
    let read = try SafetensorsFile(path: folder.file("a.safetensors"))
    #expect(read == Self.sample)
    #expect(try folder.bytes("a.safetensors") == Self.sample.encoded)
    #expect(folder.names == ["a.safetensors"])
    #expect(read.tensors["G.0.weight"]?.floats[1].sign == .minus)
  }

  @Test func bytesAreThoseOfTheFormat() {
    let file = SafetensorsFile(tensors: [
      "b": TensorData(floats: [1], shape: [1]), "a": TensorData(.uint8, shape: [], bytes: [9]),
    ])
    let json =
      #"{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}"#
    let padded = json + String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
    #expect(
      file.encoded == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8)
        + [0, 0, 0x80, 0x3f, 9])
  }

  @Test func conversions() {
    let doubles = TensorData(doubles: [0.1, 2], shape: [2])
    #expect(doubles.floats == [0.1, 2] && doubles.doubles == [0.1, 2] && doubles.integers == nil)
    let floats = TensorData(floats: [0.1], shape: [])
    #expect(floats.doubles == [Double(Float(0.1))] && floats.count == 1)
    let integers = TensorData(integers: [-1, 1 << 40], shape: [2])
    #expect(integers.doubles == [-1, 0x1p40] && integers.integers == [-1, 1 << 40])
    #expect(TensorData(.uint8, shape: [1], bytes: [200]).floats == [200])
  }

  @Test func emptyFile() throws {
    let folder = try TemporaryFolder()
    try SafetensorsFile().write(to: folder.file("x"))
    #expect(try SafetensorsFile(path: folder.file("x")) == SafetensorsFile())
  }

  struct Hostile: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]

    init(_ expected: String, bytes: [UInt8]) { (testDescription, self.bytes) = (expected, bytes) }

    init(_ expected: String, _ json: String, _ payload: Int = 0, length: UInt64? = nil) {
      let length = length ?? UInt64(json.utf8.count)
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      self.init(
        expected, bytes: bytes + Array(json.utf8) + [UInt8](repeating: 1, count: payload))
    }
  }

  static func entry(_ name: String, _ shape: String, _ offsets: String, dtype: String = "F32")
    -> String
  {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  static let a = entry("a", "[2]", "[0,8]")

  static let hostile: [Hostile] = [
    Hostile("0 bytes are no header", bytes: []),
    Hostile("7 bytes are no header", bytes: [1, 2, 3, 4, 5, 6, 7]),
    Hostile("its header would have 18446744073709551615 bytes", "{}", length: .max),
    Hostile("its header would have 100000001 bytes", "{}", length: 100_000_001),
    Hostile("a header of 3 bytes in a file of 10", "{}", length: 3),
    Hostile("does not begin with '{'", ""),
    Hostile("does not begin with '{'", " {}"),
    Hostile("does not begin with '{'", "[]"),
    Hostile("at byte 9 of its header, expected '\"'", "{"),
    Hostile("something follows its end", "{}x"),
    Hostile("the name 'a' occurs twice", "{\(a),\(a)}", 8),
    Hostile("the name 'a' occurs twice", "{\(a),\(entry("\\u0061", "[2]", "[8,16]"))}", 16),
    Hostile("expected '\"'", "{\(a),}", 8),
    Hostile("nested too deeply", #"{"a":"# + String(repeating: "[", count: 100_000)),
    Hostile(
      "not valid UTF-8", bytes: [5, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xff, 0x22, 0x7d]),
    Hostile("half a surrogate pair", #"{"\ud800":1}"#),
    Hostile("a control character", "{\"\u{1}\":1}"),
    Hostile("its __metadata__ is not an object", #"{"__metadata__":[]}"#),
    Hostile("its metadata 'k' is not a string", #"{"__metadata__":{"k":1}}"#),
    Hostile("the entry of tensor 'a' is not an object", #"{"a":1}"#),
    Hostile("tensor 'a' has no dtype", #"{"a":{}}"#),
    Hostile("unknown field 'extra'", #"{"a":{"extra":1}}"#),
    Hostile("has the dtype 'Q4'", "{\(entry("a", "[2]", "[0,8]", dtype: "Q4"))}", 8),
    Hostile("shape of tensor 'a' is not a list", "{\(entry("a", "2", "[0,8]"))}", 8),
    Hostile("shape of tensor 'a' is not a list", "{\(entry("a", "[-2]", "[0,8]"))}", 8),
    Hostile("shape of tensor 'a' is not a list", "{\(entry("a", "[2.0]", "[0,8]"))}", 8),
    Hostile(
      "shape of tensor 'a' is not a list", "{\(entry("a", "[99999999999999999999]", "[0,8]"))}", 8),
    Hostile("is too large", "{\(entry("a", "[4294967296,4294967296]", "[0,8]"))}", 8),
    Hostile("is too large", "{\(entry("a", "[0,4294967296,4294967296]", "[0,0]"))}"),
    Hostile("are not two places in order", "{\(entry("a", "[2]", "[8,0]"))}", 8),
    Hostile("are not two places in order", "{\(entry("a", "[2]", "[0,8,16]"))}", 8),
    Hostile("are not two places in order", "{\(entry("a", "[2]", "[-8,0]"))}", 8),
    Hostile("has 4 bytes, but F32[2] needs 8", "{\(entry("a", "[2]", "[0,4]"))}", 4),
    Hostile("ends at byte 8 of 7", "{\(a)}", 7),
    Hostile("1 bytes behind the last tensor", "{\(a)}", 9),
    Hostile("4 bytes before tensor 'a'", "{\(entry("a", "[2]", "[4,12]"))}", 12),
    Hostile("tensor 'b' overlaps", "{\(a),\(entry("b", "[2]", "[4,12]"))}", 12),
    Hostile("tensor 'b' overlaps", "{\(a),\(entry("b", "[2]", "[0,8]"))}", 8),
    Hostile(
      "ends at byte 9223372036854775804 of 8",
      "{\(entry("a", "[2305843009213693951]", "[0,9223372036854775804]"))}", 8),
  ]

  @Test(arguments: hostile) func refuses(_ file: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(file.bytes, "bad.safetensors")
    let failure = #expect(throws: Diagnostic.self) { try SafetensorsFile(path: path) }
    let text = failure?.rendered ?? ""
    #expect(text.contains(file.testDescription), "\(text)")
    #expect(text.contains("bad.safetensors") && failure?.hint != nil)
  }

  /// No single damaged byte of the length or header may crash the reader or go unnoticed as different shapes of memory.
  @Test func damagedBytesNeverTrap() throws {
    let folder = try TemporaryFolder()
    let sound = Self.sample.encoded
    let headerSize = sound.count - Self.sample.tensors.values.reduce(0) { $0 + $1.bytes.count }
    for place in 0..<headerSize {
      for flip: UInt8 in [0x01, 0x10, 0x80] {
        var bytes = sound
        bytes[place] ^= flip
        let path = try folder.write(bytes, "x")
        if let file = try? SafetensorsFile(path: path) {
          let size = file.tensors.values.reduce(0) { $0 + $1.bytes.count }
          #expect(headerSize + size == sound.count)
        }
      }
    }
    for length in 0..<sound.count {
      let path = try folder.write(Array(sound[..<length]), "x")
      #expect(throws: Diagnostic.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test func missingFile() {
    let failure = #expect(throws: Diagnostic.self) { try SafetensorsFile(path: "/no/such/file") }
    #expect(failure?.message == "cannot read '/no/such/file': there is no such file or folder")
  }
}
