import Data
import Testing

@Suite struct DigestTests {
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
}
