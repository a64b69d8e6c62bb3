import Data
import Testing

@testable import Training

@Suite struct TextTests {
  @Test func numbersAreShort() {
    #expect(byteText(999) == "999 B")
    #expect(byteText(1_850_000) == "1.85 MB")
    #expect(byteText(999_999) == "1 MB")
    #expect(operationText(445e6) == "445 MFLOP")
    #expect(clockText(seconds: 59.6) == "1:00")
    #expect(clockText(seconds: 3725) == "1:02:05")
    #expect(clockText(seconds: .infinity) == "?")
    #expect(groupedText(-1_234_567) == "-1,234,567")
    #expect(groupedText(12) == "12")
    #expect(shortText(0.0012345) == "0.001234" || shortText(0.0012345) == "0.001235")
  }

  @Test func columnsAlign() {
    var table = TextTable([("name", .left), ("n", .right)])
    table.add(["a", "100"])
    table.add(["longer", "2"])
    #expect(table.lines == ["name      n", "a       100", "longer    2"])
  }

  @Test func digestsTellOrderAndLength() {
    func digest(_ parts: [[UInt8]]) -> Digest {
      var digest = Digest()
      parts.forEach { digest.combine($0) }
      return digest
    }
    let all = [
      digest([]), digest([[]]), digest([[0]]), digest([[0, 0]]), digest([[0], [0]]),
      digest([[1, 2]]), digest([[2, 1]]),
      digest([[UInt8](repeating: 7, count: 16)]), digest([[UInt8](repeating: 7, count: 17)]),
    ]
    #expect(Set(all).count == all.count)
    #expect(Digest.text(of: "a").count == 16)
  }

  @Test func checkpointNamesSort() {
    #expect(Checkpoint.fileName(round: 200) == "checkpoint-000200.safetensors")
    #expect(Checkpoint.round(fileName: "checkpoint-1000000.safetensors") == 1_000_000)
    #expect(Checkpoint.round(fileName: "checkpoint-x.safetensors") == nil)
    #expect(Checkpoint.round(fileName: ".checkpoint-000200.safetensors.7-0.tmp") == nil)
  }

  @Test func metricsHaveNoInfinities() {
    let value = JSONText.object([
      ("a\"b", .number(.infinity)), ("c", .object([("d", .integer(3)), ("e", .number(0.5))])),
    ])
    #expect(value.text == #"{"a\"b":null,"c":{"d":3,"e":0.5}}"#)
  }
}
