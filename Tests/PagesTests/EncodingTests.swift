import Testing

@testable import Pages

/// What a content security policy, the addresses of pictures and markup are made of.
@Suite struct EncodingTests {
  /// The examples of FIPS 180-4 and one block's border, by sha256sum.
  @Test(arguments: [
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 64),
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"
    ),
  ])
  func digestsAreThoseOfTheStandard(text: String, expected: String) {
    let digest = SHA256.digest(Array(text.utf8))
    let hex = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(hex == expected)
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64IsThatOfTheStandard(text: String, expected: String) {
    #expect(Base64.text(of: Array(text.utf8)) == expected)
  }

  /// A combining mark, which is no character of its own, hides no sign of markup.
  @Test func markupIsEscaped() {
    #expect(OfflinePage.escaped("<a b=\"&\">") == "&lt;a b=&quot;&amp;&quot;&gt;")
    // No XML has these, and a picture with one of them is none.
    #expect(OfflinePage.escaped("a\u{1}\tb\u{ffff}") == "a\u{fffd}\tb\u{fffd}")
    #expect(OfflinePage.escaped("<\u{301}\"\u{301}") == "&lt;\u{301}&quot;\u{301}")
  }
}
