import Diagnostics
import Drafting
import Spec
import Testing

/// Specs from wishes are whole, without a fault or a warning, and what was wished for.
@Suite struct DraftTests {
  private static let objectives = [
    "wgan", "hinge", "non_saturating", "minimax", "least_squares", "relativistic",
    "relativistic_average", "mmd", "f_kl", "f_gan", "f_pearson",
  ]

  @Test(arguments: objectives, ["mixture_1d", "fashion_mnist"])
  func everyObjectiveOnPointsAndPictures(objective: String, data: String) throws {
    let result = SpecLoader().load(text: try Draft(Wish(data: data, objective: objective)).text)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics.rendered)")
    #expect(result.experiment?.players.map(\.name) == ["discriminator", "generator"])
  }

  @Test func everyRegularizerStandsByItsName() throws {
    for name in Catalogue.regularizers.entries.map(\.name) {
      var wish = Wish(data: "ring", objective: "non_saturating")
      wish.regularizers = [name]
      let text = try Draft(wish).text
      #expect(text.contains("\n  - \(name)"))
      let faults = SpecLoader().load(text: text).diagnostics.sorted.filter { $0.level == .error }
      #expect(faults.isEmpty, "\(name): \(DiagnosticBag(faults).rendered)")
    }
  }

  /// Sides of 4 to 7 times a power of two reach their picture, the smallest maps having 4 to 7 pixels.
  @Test(arguments: [14, 28, 40, 128], Wish.Architecture.allCases)
  func squarePicturesOfManySizes(side: Int, architecture: Wish.Architecture) throws {
    var wish = Wish(data: "shapes", objective: "hinge")
    wish.shape = [3, side, side]
    wish.architecture = architecture
    let result = SpecLoader().load(text: try Draft(wish).text)
    #expect(result.diagnostics.isEmpty, "\(result.diagnostics.rendered)")
    #expect(result.experiment?.networks.first { $0.name == "G" }?.output == [3, side, side])
  }

  @Test func whatIsWishedForStandsInTheSpec() throws {
    var wish = Wish(data: "{type: shapes, shape: [3, 16, 16]}", objective: "wgan")
    wish.regularizers = ["wgan_gp", "advas"]
    (wish.width, wish.batch, wish.rounds) = (24, 12, 345)
    let text = try Draft(wish).text
    let experiment = try #require(SpecLoader().load(text: text).experiment)
    #expect(experiment.train.rounds == 345)
    #expect(experiment.streams.first { $0.name == "x" }?.batch == 12)
    #expect(text.contains("vars: {width: 24}"))
    #expect(
      experiment.players.flatMap { $0.penalties.map(\.name) }.sorted() == ["advas", "wgan_gp"])
  }

  @Test func keysOfAStreamStandAsTheyAreWritten() throws {
    let keys =
      "type: images, path: photos, shape: [3, 16, 16], alpha: {over: [255, 255, 255]}, fit: crop"
    var wish = Wish(data: "{\(keys), range: [0, 1], batch: 12}", objective: "hinge")
    #expect(try Draft(wish).text.contains("x: {\(keys), range: [0, 1], batch: 12}\n"))
    (wish.path, wish.batch) = ("pictures", 16)
    let experiment = try #require(SpecLoader().load(text: try Draft(wish).text).experiment)
    #expect(experiment.streams.first { $0.name == "x" }?.batch == 16)
  }

  @Test(arguments: [
    ("rnig", "wgan", nil, nil, "there is no data set 'rnig'"),
    ("ring", "wgna", nil, nil, "there is no objective 'wgna'"),
    ("ring", "elbo", nil, nil, "'elbo' is no game of a generator and a discriminator"),
    ("ring", "wgan", "wgan_gpp", nil, "there is no regularizer 'wgan_gpp'"),
    ("ring", "wgan", nil, Wish.Architecture.dcgan, "dcgan is for square pictures"),
    ("mnist", "wgan", nil, nil, "--path data/photos"),
    ("images", "wgan", nil, nil, "--shape 3,64,64"),
    (
      "{type: images, path: photos, shape: [3, 64]}", "wgan", nil, nil,
      "pictures cannot have the shape [3, 64]"
    ),
    ("{type: ring, modes: 8", "wgan", nil, nil, "did not find expected ',' or '}'"),
    ("{type: ring} and more", "wgan", nil, nil, "<--data>:1:14"),
  ])
  func faultsAreSaid(
    data: String, objective: String, regularizer: String?, architecture: Wish.Architecture?,
    message: String
  ) {
    var wish = Wish(data: data, objective: objective)
    wish.regularizers = regularizer.map { [$0] }
    wish.architecture = architecture
    do throws(DiagnosticBag) {
      Issue.record("it was written: \(try Draft(wish).text)")
    } catch {
      #expect(error.rendered.contains(message), "\(error.rendered)")
    }
  }
}
