/// A page of one file that works offline, or that a server of this machine follows up: its body, style and script are of the program, its data a JSON text.
///
/// They stand in the frame that all pages share, at marks such as `{{body}}`.
package struct OfflinePage: Sendable {
  /// The command that makes it.
  let generator: String
  let body: String
  let style: String
  /// In one function, so that a browser's own names are not hidden.
  let script: String
  /// Whether a server has what the page asks for, and nobody else.
  let isServed: Bool

  /// Makes a page of the command `generator`, of the texts of its files, behind the style and the words that all pages
  /// share; scripts follow each other in one scope.
  package init(
    generator: String, body: [UInt8], style: [UInt8], scripts: [[UInt8]], isServed: Bool = false
  ) {
    self.isServed = isServed
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    self.generator = generator
    self.body = text(body)
    self.style = text(PackageResources.theme_css) + text(style)
    script =
      "\"use strict\";\n(() => {\n"
      + ([PackageResources.elements_js] + scripts).map(text).joined(separator: "\n") + "})();\n"
  }

  /// What the page may do: show pictures that it has, or its server, and run and style itself with exactly these texts.
  var policy: String {
    [
      "default-src 'none'", isServed ? "img-src 'self'; connect-src 'self'" : "img-src data:",
      "style-src \(Self.hash(style))",
      "script-src \(Self.hash(script))", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
  }

  /// The page with its title and its data, a JSON text.
  package func html(title: String, data: String) -> String {
    // Within a script element only a tag could end the text, or begin another state of it.
    let less = UInt8(ascii: "<")
    var safe: [UInt8] = []
    safe.reserveCapacity(data.utf8.count)
    for byte in data.utf8 { byte == less ? safe += Array("\\u003c".utf8) : safe.append(byte) }
    let values = [
      "policy": policy, "generator": generator, "title": Self.escaped(title), "style": style,
      "body": body, "script": script, "data": String(decoding: safe, as: UTF8.self),
    ]
    let frame = String(decoding: PackageResources.frame_html, as: UTF8.self)
    var page = ""
    // Values are not looked at again: one that has marks in it stays as it is.
    for (index, part) in frame.split(separator: "{{", omittingEmptySubsequences: false)
      .enumerated()
    {
      let pieces = part.split(separator: "}}", omittingEmptySubsequences: false)
      let mark = index == 0 ? nil : pieces.first.map(String.init)
      page += mark.map { values[$0, default: ""] } ?? String(part)
      if mark != nil { page += pieces.dropFirst().joined() }
    }
    return page
  }

  private static func hash(_ text: String) -> String {
    "'sha256-\(Base64.text(of: SHA256.digest(Array(text.utf8))))'"
  }

  /// A text as markup shows it, within elements and quoted attributes; U+FFFD stands for what no file of SVG may hold.
  package static func escaped(_ text: String) -> String {
    // A mark that combines with what stands before it makes one character of the two.
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "\t", "\n", "\r": String(scalar)
      case _ where scalar.value < 0x20 || [0xfffe, 0xffff].contains(scalar.value): "\u{fffd}"
      default: String(scalar)
      }
    }.joined()
  }
}
