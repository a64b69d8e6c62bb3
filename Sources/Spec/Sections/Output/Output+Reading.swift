import Diagnostics
import Syntax

extension Output {
  /// Reads `output`, `log`, `samples` and `checkpoint`; `map` is what the objective says of a network's samples.
  static func read(
    _ top: inout MappingReader, networks: [Network], streams: [Stream],
    averages: [NetworkAverage], map: (String) -> SampleSource.Map, game: GameChecker,
    players: [Player], failed: Set<String>, _ context: CheckingContext
  ) -> Output {
    func section(_ key: String) -> MappingReader {
      let node = top.take(key)
      return MappingReader(
        node ?? .synthesized("", at: top.place), "'\(key)'", at: [key], place: node?.span, context)
    }
    var output = section("output")
    let directory = output.string("dir", default: "runs")
    output.finish()
    var log = section("log")
    let logEvery = log.rounds("every", default: 100, from: 1)
    log.finish()
    var samples = section("samples")
    let sampleEvery = samples.rounds("every", default: 1000, from: 0)
    let source = SampleSource.read(
      &samples, SampleScene(networks: networks, streams: streams, game: game, players: players),
      averages: averages, map: map, failed: failed)
    samples.finish()
    var checkpoint = section("checkpoint")
    let checkpointEvery = checkpoint.rounds("every", default: 5000, from: 0)
    let minutes = checkpoint.number("minutes", default: 10, in: 0...1e6)
    let keep = checkpoint.integer("keep", default: 3, in: 1...1_000_000)
    checkpoint.finish()
    return Output(
      directory: directory, logEvery: logEvery, sampleEvery: sampleEvery, sample: source,
      checkpointEvery: checkpointEvery, checkpointMinutes: minutes, keepCheckpoints: keep)
  }
}
