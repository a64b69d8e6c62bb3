import Foundation
import JSON
import Testing

/// What the language server answers about places of a spec.
struct LanguageServerAnswersTests {
  /// `|` marks the place that a request is about.
  private static func opened(
    _ marked: String, in place: Workplace, by client: LanguageClient
  ) throws -> (uri: String, line: Int, character: Int) {
    let parts = marked.components(separatedBy: "|")
    try #require(parts.count == 2)
    let before = parts[0].components(separatedBy: "\n")
    let uri = "file://" + place.spec.path
    client.open(uri, parts[0] + parts[1])
    return (uri, before.count - 1, before[before.count - 1].utf16.count)
  }

  private static func ask(
    _ method: String, _ marked: String, in place: Workplace? = nil
  ) throws -> JSONValue {
    let client = try LanguageClient()
    let (uri, line, character) = try opened(marked, in: place ?? Workplace(), by: client)
    let answer = try client.request(method, .place(uri, line, character))
    return try #require(answer["result"], "\(answer.line)")
  }

  static let head = """
    spec: 1
    vars: {width: 16, depth: 2*width}
    data:
      x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 16}
    latent:
      z: {shape: [2], distribution: normal}
    blocks:
      wide(c): [linear: c, relu]
    networks:
      G: {input: z, layers: [wide: width, linear: 2]}
      D:
        input: x
        layers:
          - linear: {out: depth, name: first}
          - leaky_relu: 0.2
          - linear: 1
    objective: wgan
    regularizers:
      - wgan_gp: {weight: 10}
    optimizer: {type: adam, lr: 1e-3}
    train: {total: 20 steps}

    """

  /// Whoever leans on a key gets no answer, but keeps his server.
  @Test(arguments: ["[", "{", "{a: [", "- ["]) func survivesDeepBrackets(_ bracket: String) throws {
    let client = try LanguageClient()
    let place = try Workplace()
    let deep = String(repeating: bracket, count: 50_000)
    let (uri, line, character) = try Self.opened(
      Self.head + "x: " + deep + "|", in: place, by: client)
    _ = try client.request("textDocument/hover", .place(uri, line, character))
    #expect(try client.request("textDocument/hover", .place(uri, 0, 1))["result"] != nil)
  }

  // MARK: Completion

  private static func proposals(_ marked: String) throws -> [String] {
    try ask("textDocument/completion", marked)["items"]?.list.compactMap { $0["label"]?.string }
      ?? []
  }

  @Test(arguments: [
    ("pla|", "players"), ("checkpoint: {ke|}", "keep"), ("checkpoint:\n  ke|", "keep"),
    ("objective: hi|", "hinge"), ("players: {discriminator: {optimizer: {type: ad|}}}", "adam"),
    ("players:\n  discriminator:\n    optimizer:\n      |", "lr"), ("regularizers:\n  - r|", "r1"),
    ("regularizers:\n  - advas: {wei|", "weight"),
    ("players:\n  discriminator:\n    trains: |", "D"),
    ("players:\n  discriminator:\n    minimizes: mean(|", "D"),
    ("players:\n  discriminator:\n    minimizes: me|", "mean"),
    ("players:\n  discriminator: {let: {gap: mean(D(x))}, minimizes: ga|", "gap"),
    ("seed: wi|", "width"), ("name: a-${|}", "width"), ("ema: {G: {de|}}", "decay"),
    ("networks:\n  E:\n    input: |", "x"),
    ("networks:\n  E:\n    input: x\n    layers:\n      - con|", "conv"),
    ("networks:\n  E:\n    input: x\n    layers:\n      - wi|", "wide"),
    ("networks:\n  E:\n    input: x\n    layers:\n      - conv: {out: 8, ker|}", "kernel"),
    ("networks:\n  E:\n    input: x\n    layers:\n      - {type: conv, ker|}", "kernel"),
    ("networks:\n  D:\n    layers:\n      - add: {from: [fi|", "first"),
    ("networks:\n  E: {layers: [residual: {main: [li|", "linear"),
    ("networks: {E: {layers: [linear: wi|]}}", "width"),
    ("samples: {use: e|}", "ema"), ("log: {tensorboard: t|}", "true"),
  ])
  func proposes(_ end: String, _ word: String) throws {
    #expect(try Self.proposals(Self.head + end).contains(word), "\(end)")
  }

  @Test func proposesNoKeyTwiceAndNothingElsewhere() throws {
    let keys = try Self.proposals(Self.head + "train: {total: 3, |}")
    #expect(!keys.contains("total"))
    #expect(keys.contains("order"))
    #expect(!keys.contains("kernel"))
    #expect(try Self.proposals(Self.head + "seed: |").contains("mean") == false)
  }

  // MARK: Hover

  private static func hover(_ marked: String) throws -> String {
    try ask("textDocument/hover", marked)["contents"]?["value"]?.string ?? ""
  }

  @Test func explainsWhatStandsThere() throws {
    func hover(_ word: String, at mark: String) throws -> String {
      let text = Self.head.replacing(word, with: mark, maxReplacements: 1)
      try #require(text != Self.head)
      return try Self.hover(text)
    }
    #expect(try hover("total", at: "to|tal").contains("**total**: steps, required"))
    #expect(try hover("wgan_gp", at: "wgan|_gp").contains("Gulrajani"))
    #expect(try hover("objective: wgan", at: "objective: wg|an").contains("Arjovsky"))
    // 2 inputs to 32, and 32 biases; a multiply-add is two operations: 2*2*32 and 32 sums.
    let layer = try hover("- linear: {out: depth", at: "- lin|ear: {out: depth")
    #expect(layer.contains("**D.first**: [2] → [32], 96 parameters, 160 FLOP"))
    #expect(try hover("depth: 2*width", at: "de|pth: 2*width").contains("= 32"))
    #expect(try hover("depth: 2*width", at: "depth: 2*wid|th").contains("= 16"))
    #expect(try hover("wide: width", at: "wide: wid|th").contains("= 16"))
    #expect(try hover("  D:\n", at: "  |D:\n").contains("[2] → [1]"))
    #expect(try hover("  x: {", at: "  |x: {").contains("shape [2], batches of 16"))
    #expect(try hover("spec: 1\n", at: "spec: 1 # a com|ment\n") == "")
  }

  @Test func explainsExpressions() throws {
    let end = """
      players:
        discriminator:
          let: {g: "grad(sum(D(x)), x)", two: 1 + 1}
          minimizes: mean(D(G(z))) - mean(D(x)) + two*mean(norm(g, over=sample))
      """
    func hover(_ word: String, at mark: String) throws -> String {
      try Self.hover(Self.head + end.replacing(word, with: mark, maxReplacements: 1))
    }
    let gradient = try hover("grad(", at: "gr|ad(")
    #expect(gradient.contains("grad(scalar, wrt)"))
    #expect(gradient.contains("one value per sample of shape [2]; derivatives of order 1"))
    #expect(try hover("1 + 1", at: "1 |+ 1").contains("a number, 2"))
    #expect(
      try hover("D(G(z))", at: "D|(G(z))").contains(
        "one number per sample; depends on the parameters of D, G"))
    #expect(try hover("norm(g", at: "norm(g|").contains("one value per sample of shape [2]"))
  }

  /// What a spec says is known although a variable of the environment is missing where the editor runs.
  @Test func explainsBehindAMissingVariable() throws {
    let text = Self.head.replacing("input: x\n", with: "input: |x\n") + "name: ${env:NOT_THERE}\n"
    #expect(try Self.hover(text).contains("shape [2]"))
  }

  // MARK: Definitions

  @Test func leadsToDefinitions() throws {
    let place = try Workplace()
    let base = place.file("base.yaml")
    try Self.head.write(to: base, atomically: true, encoding: .utf8)
    func target(_ marked: String) throws -> (String, Int, Int) {
      let found = try Self.ask("textDocument/definition", marked, in: place)
      let start = found["range"]?["start"]
      return (
        (found["uri"]?.string ?? "").components(separatedBy: "/").last ?? "",
        start?["line"]?.number ?? -1, start?["character"]?.number ?? -1
      )
    }
    #expect(try target("spec: 1\ninclude: ba|se.yaml\n") == ("base.yaml", 0, 0))
    #expect(try target("spec: 1\ninclude: base.yaml\nseed: dep|th\n") == ("base.yaml", 1, 18))
    #expect(
      try target("include: base.yaml\nnetworks: {G: {layers: [wi|de: 3]}}") == ("base.yaml", 7, 2))
    #expect(
      try target(Self.head.replacing("wide: width", with: "wi|de: width")) == ("spec.yaml", 7, 2))
    #expect(
      try target(Self.head.replacing("out: depth", with: "out: de|pth")) == ("spec.yaml", 1, 18))
    #expect(
      try target(Self.head + "players: {discriminator: {minimizes: mean(D|(x))}}") == (
        "spec.yaml", 10, 2
      ))
    #expect(
      try target(Self.head.replacing("objective: wgan", with: "objective: wg|an")).0
        == "objectives.yaml")
    #expect(
      try target(Self.head.replacing("- wgan_gp", with: "- wgan|_gp")).0
        == "gradient_penalties.yaml")
    #expect(try target(Self.head.replacing("sigma", with: "si|gma")) == ("", -1, -1))
  }

  // MARK: Renaming

  @Test func renamesNetworksAndVariablesInAllFiles() throws {
    let place = try Workplace()
    let base = place.file("base.yaml")
    try Self.head.write(to: base, atomically: true, encoding: .utf8)
    let own = """
      include: base.yaml
      # D and width of a comment stay.
      name: D ${wid|th} width
      networks: {E: {input: x, layers: [linear: 1]}}
      players: {discriminator: {trains: [D, E], minimizes: mean(D(G(z))) - mean(E(x)) + width}}
      ema: {E: {decay: 1 - 1/width}}
      sweep: {vars.width: [4, 8]}
      """
    func edits(_ marked: String, _ name: String) throws -> JSONValue {
      let client = try LanguageClient()
      let (uri, line, character) = try Self.opened(marked, in: place, by: client)
      guard case .object(let members) = JSONValue.place(uri, line, character) else { return .null }
      return try client.request(
        "textDocument/rename", .object(members + [JSONValue.Member("newName", .text(name))]))
    }
    let answer = try edits(own, "size")
    guard case .object(let files)? = answer["result"]?["changes"] else {
      Issue.record("\(answer.line)")
      return
    }
    let places = files.flatMap { file in
      file.value.list.map { edit -> String in
        let start = edit["range"]?["start"]
        let name = file.name.components(separatedBy: "/").last ?? ""
        return "\(name) \(start?["line"]?.number ?? -1):\(start?["character"]?.number ?? -1)"
      }
    }
    #expect(
      Set(places) == [
        "spec.yaml 2:10", "spec.yaml 4:82", "spec.yaml 5:23", "spec.yaml 6:13", "base.yaml 1:7",
        "base.yaml 1:27", "base.yaml 9:31",
      ])
    let critic = try edits(
      own.replacing("wid|th", with: "width").replacing("[D, E]", with: "[D, |E]"), "C")
    guard case .object(let critics)? = critic["result"]?["changes"] else {
      Issue.record("\(critic.line)")
      return
    }
    #expect(critics.map { $0.value.list.count } == [4])
    // Entries of the prelude speak of D.
    let other = try edits(
      own.replacing("wid|th", with: "width").replacing("[D, E]", with: "[|D, E]"), "C")
    #expect(other["error"]?["message"]?.string?.contains("something else") == true)
    for name in ["depth", "2d"] { #expect(try edits(own, name)["error"] != nil) }
    let goal = own.replacing("sweep:", with: "define: {objectives: {goal: {}}}\nsweep:")
    #expect(try edits(goal, "goal")["error"]?["message"]?.string?.hasSuffix("an objective") == true)
    #expect(try edits(own, "mean")["error"]?["message"]?.string?.contains("cannot name") == true)
    #expect(
      try edits(own.replacing("wid|th", with: "width").replacing("decay", with: "de|cay"), "x1")[
        "error"] != nil)
  }

  static func renamed(_ marked: String, to name: String) throws -> JSONValue {
    let client = try LanguageClient()
    let (uri, line, character) = try opened(marked, in: Workplace(), by: client)
    guard case .object(let members) = JSONValue.place(uri, line, character) else { return .null }
    return try client.request(
      "textDocument/rename", .object(members + [JSONValue.Member("newName", .text(name))]))
  }

  /// Inside of a block or a definition a parameter's name means the parameter.
  @Test(arguments: [
    ("wide(c)", "wide(c=8)"),
    ("objective: wgan", "objective: wgan\ndefine: {functions: {f(c): 2*c}}"),
    (
      "objective: wgan",
      "objective: wgan\ndefine: {regularizers: {own: {player: generator, parameters: {c: 1}, value: c*mean(D(x))}}}"
    ),
  ])
  func renamesNoParameters(_ old: String, _ new: String) throws {
    let text = Self.head.replacing("{width: 16", with: "{|c: 3, width: 16")
    let answer = try Self.renamed(text.replacing(old, with: new), to: "cc")
    guard case .object(let files)? = answer["result"]?["changes"] else {
      Issue.record("\(answer.line)")
      return
    }
    #expect(files.map { $0.value.list.count } == [1], "\(answer.line)")
  }

  /// Defaults mean what is outside of a block, up to that of the parameter itself; labels mean no variable.
  @Test(arguments: [
    ("c", "wide(c)", "wide(c=c)", 2), ("c", "wide(c)", "wide(a=2*c, c=c, b=c)", 3),
    (
      "half", "- wgan_gp: {weight: 10}",
      "- {name: own, player: discriminator, value: \"half*mean(D(x), half = 1)\"}", 2
    ),
  ])
  func renamesWhatIsMeant(_ name: String, _ old: String, _ new: String, _ count: Int) throws {
    let text = Self.head.replacing("{width: 16", with: "{|\(name): 3, width: 16")
    let answer = try Self.renamed(text.replacing(old, with: new), to: "cc")
    let files = answer["result"]?["changes"].map { $0.line.components(separatedBy: "newText") }
    #expect(files?.count == count + 1, "\(answer.line)")
  }

  /// Where an anchor stands, nothing says that the name is a parameter of the block that its alias is in.
  @Test func renamesNothingThatChangesAValue() throws {
    let text = Self.head.replacing("{width: 16", with: "{|c: 3, width: 16").replacing(
      "blocks:\n  wide(c): [linear: c, relu]",
      with: "x-body: &body [linear: c, relu]\nblocks:\n  wide(c): *body")
    let answer = try Self.renamed(text, to: "cc")
    #expect(
      answer["error"]?["message"]?.string?.contains("other values") == true, "\(answer.line)")
  }
}
