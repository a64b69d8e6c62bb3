import Execution
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// `flip`, `shift`, `slice`, `concat` and `roll` against loops over their definitions.
@Suite struct PlacesTests {
  private static let (count, channels, height, width) = (3, 2, 4, 5)

  /// D's step of a game with images u, numbers t, and a penalty that weighs every element of the value by its own
  /// number; the penalty's own value and its gradient by G's bias tell where every element came from.
  private func penalty(_ value: String, shape: [Int]) throws -> Function {
    let text = """
      spec: 1
      latent:
        u: {shape: [2, 4, 5], batch: 3}
        w: {shape: \(shape), batch: 3}
        t: {shape: [1], batch: 3}
      networks:
        D: {input: u, layers: [flatten, {linear: 1}]}
      players:
        d:
          trains: D
          minimizes: mean(D(u))
          penalties: [{name: probe, value: "sum(w*(\(value))) + mean(D(u))"}]
      optimizer: {type: sgd, lr: 1}
      train: {total: 1}
      """
    return try SmallGames.step("d", of: text)
  }

  private typealias Image = (_ n: Int, _ c: Int, _ h: Int, _ w: Int) -> Double

  /// Compares Σ w·value with the same sum over `expected`, for random u, w and the given t.
  private func compare(
    _ value: String, shape: [Int] = [2, 4, 5], t: [Double] = [0, 0, 0],
    sourceLocation: SourceLocation = #_sourceLocation, _ expected: (@escaping Image) -> Image
  ) throws {
    let function = try penalty(value, shape: shape)
    var inputs = function.randomInputs(seed: 5)
    func index(_ name: String) throws -> Int {
      try #require(function.graph.inputNames.firstIndex(of: name), "\(value) does not read \(name)")
    }
    if function.graph.inputNames.contains("t") { inputs[try index("t")] = t }
    let (u, w) = (inputs[try index("u")], inputs[try index("w")])
    let (channels, height, width) = (Self.channels, Self.height, Self.width)
    let image: Image = { n, c, h, x in
      guard (0..<height).contains(h), (0..<width).contains(x) else { return 0 }
      return u[((n * channels + c) * height + h) * width + x]
    }
    let wanted = expected(image)
    var sum = 0.0
    var place = 0
    for n in 0..<Self.count {
      for c in 0..<shape[0] {
        for h in 0..<shape[1] {
          for x in 0..<shape[2] {
            sum += w[place] * wanted(n, c, h, x)
            place += 1
          }
        }
      }
    }
    let results = evaluate(function.graph, inputs: inputs)
    let probe = results[try #require(function.index(of: .scalar("probe")))][0]
    let loss = results[try #require(function.index(of: .scalar("loss")))][0]
    #expect(abs(probe - loss - sum) < 1e-12, "\(value)", sourceLocation: sourceLocation)
  }

  @Test func placesAndRows() throws {
    try compare("places(u)*u") { image in { n, c, h, x in Double(c) * image(n, c, h, x) } }
    try compare("u*places(u, along=width)") { image in
      { n, c, h, x in Double(x) * image(n, c, h, x) }
    }
    try compare("where(places(u, along=height) <= 1, u, 2*u)") { image in
      { n, c, h, x in (h <= 1 ? 1 : 2) * image(n, c, h, x) }
    }
    try compare("rows(reshape(slice(u, 1, 2), [4, 5]), 2)") { image in
      { n, _, h, x in image(n, 1, h, x) }
    }
  }

  @Test func mirrorImages() throws {
    try compare("flip(u)") { u in { u($0, $1, $2, 4 - $3) } }
    try compare("flip(u, axis=height)") { u in { u($0, $1, 3 - $2, $3) } }
    try compare("flip(u, axis=channel)") { u in { u($0, 1 - $1, $2, $3) } }
  }

  @Test func partsAndChannels() throws {
    try compare("slice(u, 1, 2)", shape: [1, 4, 5]) { u in { u($0, $1 + 1, $2, $3) } }
    try compare("slice(u, 1, 4, axis=width)", shape: [2, 4, 3]) { u in { u($0, $1, $2, $3 + 1) } }
    try compare("concat(slice(u, 1, 2), u)", shape: [3, 4, 5]) { u in
      { u($0, $1 == 0 ? 1 : $1 - 1, $2, $3) }
    }
  }

  @Test(arguments: [-3, -1, 0, 2, 4])
  func shiftsByANumber(by: Int) throws {
    try compare("shift(u, \(by))") { u in { u($0, $1, $2, $3 - by) } }
    guard abs(by) < 4 else { return }
    try compare("shift(u, \(by), axis=height)") { u in { u($0, $1, $2 - by, $3) } }
  }

  /// Every sample by its own number, rounded down and limited.
  @Test(arguments: [
    (1, [-1.0, 0.0, 1.0], [-1, 0, 1]), (2, [-2.0, -0.5, 1.99], [-2, -1, 1]),
    (3, [3.0, -7.0, 2.0], [3, -3, 2]), (4, [3.99, 4.0, 1e9], [3, 4, 4]),
    (4, [-3.01, 0.5, -1e9], [-4, 0, -4]),
  ])
  func shiftsBySamples(most: Int, by: [Double], places: [Int]) throws {
    try compare("shift(u, t, most=\(most))", t: by) { u in { u($0, $1, $2, $3 - places[$0]) } }
    guard most < 4 else { return }
    try compare("shift(u, mean(t), axis=height, most=\(most))", t: [by[0], by[0], by[0]]) { u in
      { u($0, $1, $2 - places[0], $3) }
    }
  }

  @Test(arguments: [-4, -1, 0, 1, 2, 3, 5])
  func rollsSamples(by: Int) throws {
    try compare("roll(u, \(by))") { u in
      { n, c, h, x in u(((n - by) % 3 + 3) % 3, c, h, x) }
    }
  }

  /// One number per sample meets an image of one pixel as it meets any other: it stays an image.
  @Test func imagesOfOnePixel() throws {
    let text = """
      spec: 1
      latent: {u: {shape: [1, 1, 1], batch: 3}, t: {shape: [1], batch: 3}}
      networks: {D: {input: u, layers: [{conv: {out: 1, kernel: 1, bias: false}}]}}
      players:
        d:
          trains: D
          minimizes: mean(D(u))
          penalties:
            - {name: joined, value: "sum(concat(t*D(u), D(u)*t, where(t > 0, D(u), t)))"}
            - {name: averaged, value: "sum(mean(t*D(u), along=[height, width]))"}
      optimizer: {type: sgd, lr: 1}
      train: {total: 1}
      """
    let function = try SmallGames.step("d", of: text)
    let inputs = function.randomInputs(seed: 5)
    func input(_ name: String) throws -> [Double] {
      inputs[try #require(function.graph.inputNames.firstIndex(of: name))]
    }
    let (u, t, w) = (try input("u"), try input("t"), try input("D.0.weight")[0])
    #expect(u.count == 3 && t.count == 3)
    let values = evaluate(function.graph, inputs: inputs)
    for (name, shares, rest) in [("joined", 2.0, 1.0), ("averaged", 1, 0)] {
      let expected = zip(u, t).reduce(0.0) { sum, pair in
        sum + w * pair.0 * (shares * pair.1 + rest)
      }
      let found = values[try #require(function.index(of: .scalar(name)))][0]
      #expect(abs(found - expected) < 1e-12, "\(name)")
    }
  }

  /// A reduction of half a batch is that of a batch of its samples.
  @Test func halves() throws {
    let text = SmallGames.mlp(
      regularizers: """
        {name: product, player: discriminator, value: "mean(D(x), half=1)*mean(D(x), half=2)"},
        {name: spread, player: discriminator, value: "var(D(x), half=2)"},
        {name: largest, player: discriminator, value: "max(x, half=1) + 0*mean(D(x))"},
        {name: slopes, player: discriminator,
         value: "dot(grad(mean(D(x), half=1), params(D)), grad(mean(D(x), half=2), params(D)))"}
        """)
    let function = try SmallGames.step("discriminator", of: text)
    let inputs = function.randomInputs(seed: 9)
    func input(_ name: String) throws -> [Double] {
      inputs[try #require(function.graph.inputNames.firstIndex(of: name))]
    }
    let (x, w, b) = (try input("x"), try input("D.0.weight"), try input("D.0.bias"))
    let (v, c) = (try input("D.2.weight"), try input("D.2.bias"))
    func hidden(_ n: Int, _ k: Int) -> Double {
      let sum: Double = w[2 * k] * x[2 * n] + w[2 * k + 1] * x[2 * n + 1] + b[k]
      return v[k] * tanh(sum)
    }
    let scores: [Double] = (0..<6).map { n in (0..<5).reduce(c[0]) { $0 + hidden(n, $1) } }
    func mean(_ list: ArraySlice<Double>) -> Double { list.reduce(0, +) / Double(list.count) }
    let (low, high) = (mean(scores[..<3]), mean(scores[3...]))
    let values = evaluate(function.graph, inputs: inputs)
    func value(_ name: String) throws -> Double {
      values[try #require(function.index(of: .scalar(name)))][0]
    }
    #expect(abs(try value("product") - low * high) < 1e-14)
    let spread: Double = mean(ArraySlice(scores[3...].map { ($0 - high) * ($0 - high) }))
    #expect(abs(try value("spread") - spread) < 1e-14)
    #expect(try value("largest") == x[..<6].max())
    for term in ["product", "spread", "slopes"] { try requireGradient(of: function, term) }
  }

  /// First and second derivatives pass through all of them.
  @Test func gradients() throws {
    let regularizers = """
      {name: first, player: discriminator, let: {v: "concat(slice(flip(w), 0, 1), roll(w, 1))"},
       value: "mean(D(slice(shift(v, mean(v, over=sample), most=2), 1, 2))^2) + mean(D(shift(w, 3, axis=height)))"},
      {name: second, player: discriminator, let: {v: "flip(w) + 0"},
       value: "mean(sumsq(grad(sum(D(shift(v, normal(over=sample), axis=height, most=1))), v), over=sample))"},
      {name: made, player: generator,
       value: "mean(D(concat(slice(G(z), 0, 1, axis=channel)))^2)"}
      """.replacing(
        "concat(slice(G(z), 0, 1, axis=channel))", with: "flip(roll(shift(G(z), 1), 2))")
    let text = SmallGames.convolutional(regularizers: regularizers)
    for (player, terms) in [("discriminator", ["first", "second"]), ("generator", ["made"])] {
      let function = try SmallGames.step(player, of: text)
      for term in terms { try requireGradient(of: function, term) }
    }
  }

  private func requireGradient(of function: Function, _ term: String) throws {
    let base = function.randomInputs(seed: 4)
    let values = evaluate(function.graph, inputs: base)
    var generator = SplitMix64(seed: 8)
    var (plus, minus, slope) = (base, base, 0.0)
    for case (let place, .penaltyGradient(term, let parameter)) in function.results.enumerated() {
      let input = try #require(function.graph.inputNames.firstIndex(of: parameter))
      for i in base[input].indices {
        let direction = generator.values(1, in: -1...1)[0]
        slope += values[place][i] * direction
        plus[input][i] += 1e-5 * direction
        minus[input][i] -= 1e-5 * direction
      }
    }
    let position = try #require(function.index(of: .scalar(term)))
    let rise = evaluate(function.graph, inputs: plus)[position][0]
    let fall = evaluate(function.graph, inputs: minus)[position][0]
    #expect(slope != 0)
    #expect(abs((rise - fall) / 2e-5 - slope) < 1e-7 * max(1, abs(slope)), "\(term)")
  }
}
