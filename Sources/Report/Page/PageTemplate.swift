/// The page without its data: markup, style and script, each in files of their own.
enum PageTemplate {
  private static let markup = text(PackageResources.page_html)
  static let style = text(PackageResources.page_css)
  /// In one function, so that a browser's own names are not hidden.
  static let script: String = {
    let parts = [
      PackageResources.base_js, PackageResources.chart_js, PackageResources.answer_js,
      PackageResources.samples_js, PackageResources.sections_js,
    ]
    return "\"use strict\";\n(() => {\n" + parts.map(text).joined(separator: "\n") + "})();\n"
  }()

  /// What the page may do: show pictures that it has, and run and style itself with exactly these texts.
  static let policy = [
    "default-src 'none'", "img-src data:", "style-src \(hash(style))", "script-src \(hash(script))",
    "base-uri 'none'", "form-action 'none'",
  ].joined(separator: "; ")

  /// The page with its title and its data, a JSON text.
  static func page(title: String, data: String) -> String {
    let values = [
      "policy": policy, "title": escaped(title), "style": style, "script": script,
      // Within a script element only a tag could end the text, or begin another state of it.
      "data": data.map { $0 == "<" ? "\\u003c" : String($0) }.joined(),
    ]
    var page = ""
    // Values are not looked at again: one that has marks in it stays as it is.
    for (index, part) in markup.components(by: "{{").enumerated() {
      let pieces = index == 0 ? [part] : part.components(by: "}}")
      page += index == 0 ? part : values[pieces[0], default: ""] + pieces.dropFirst().joined()
    }
    return page
  }

  private static func hash(_ text: String) -> String {
    "'sha256-\(Base64.text(of: SHA256.digest(Array(text.utf8))))'"
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
  }
}
