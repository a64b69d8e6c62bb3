import Testing

@testable import Console

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
    #expect(shortText(-Double.nan) == "nan")
    #expect(shortText(0.0012345) == "0.001234" || shortText(0.0012345) == "0.001235")
  }

  @Test func columnsAlign() {
    var table = TextTable([("name", .left), ("n", .right)])
    table.add(["a", "100"])
    table.add(["longer", "2"])
    #expect(table.lines == ["name      n", "a       100", "longer    2"])
  }

  @Test func wideCharactersTakeTwoColumns() {
    var table = TextTable([("name", .left), ("n", .right)])
    table.add(["日本", "1"])
    table.add(["Gé", "20"])
    #expect(table.lines == ["name   n", "日本   1", "Gé    20"])
  }
}
