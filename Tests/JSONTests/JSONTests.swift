import Testing

@testable import JSON

@Suite struct JSONTests {
  @Test func values() throws {
    let text =
      #" {"a" : [1, -2, 0, 1.5, 1e3, -0.0E-1, true, false, null, "\u00e9\ud83d\ude00\n"], "b":{} } "#
    #expect(
      try JSONParser.parse(Array(text.utf8))
        == .object([
          .init(
            "a",
            .list([
              .integer(1), .integer(-2), .integer(0), .number(1.5), .number(1000),
              .number(-0.0), .boolean(true), .boolean(false), .null, .text("é😀\n"),
            ])),
          .init("b", .object([] as [JSONValue.Member])),
        ]))
  }

  @Test(arguments: [
    "", "01", "1.", "-", "+1", ".5", "1e", "tru", "\"", "\"\\x\"", "\"\\u12g4\"", "[1 2]", "[1,]",
    "{a:1}", "{\"a\" 1}", "nullnull", "\"\\udc00\"", "\"\\ud800\\u0041\"", "NaN", "'a'",
  ]) func refuses(text: String) {
    #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test func quotingRoundTrips() throws {
    let text = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0) }))
    let line = JSONValue.text(text).line
    #expect(line.utf8.allSatisfy { $0 >= 0x20 })
    #expect(try JSONParser.parse(Array(line.utf8)) == .text(text))
  }

  @Test func whatIsNotFiniteIsNull() {
    let value = JSONValue.object([
      ("a\"b", .number(.infinity)), ("c", .object([("d", .integer(3)), ("e", .number(0.5))])),
    ])
    #expect(value.line == #"{"a\"b":null,"c":{"d":3,"e":0.5}}"#)
  }

  @Test func pagesIndentObjects() {
    let value = JSONValue.object([
      ("a", .list([.integer(1), .boolean(true)])), ("b", .object([("c", .null)])),
    ])
    #expect(value.page == "{\n  \"a\": [1, true],\n  \"b\": {\n    \"c\": null\n  }\n}\n")
  }
}
