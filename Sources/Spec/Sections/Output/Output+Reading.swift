import Diagnostics
import Syntax

extension Output {
  /// Reads `output`, `log`, `samples` and `checkpoint`; `map` is what the objective says of a network's samples.
  static func read(
    _ top: inout MappingReader, networks: [Network], streams: [Stream],
    averages: [NetworkAverage], map: (String) -> SampleSource.Map, game: GameChecker,
    players: [Player], failed: Set<String>, _ context: CheckingContext
  ) -> Output {
    func section(_ key: Key<SpecNode?>) -> MappingReader {
      let node = top.take(key)
      return MappingReader(
        node ?? .synthesized("", at: top.place), "'\(key.name)'", at: [key.name],
        place: node?.span, context)
    }
    var output = section(SpecKeys.output)
    let directory = output.value(of: OutputKeys.folder)
    output.finish()
    var log = section(SpecKeys.log)
    let logEvery = log.value(of: LogKeys.every)
    let tensorBoard = log.value(of: LogKeys.tensorBoard)
    log.finish()
    var samples = section(SpecKeys.samples)
    let sampleEvery = samples.value(of: SampleKeys.every)
    let source = SampleSource.read(
      &samples, SampleScene(networks: networks, streams: streams, game: game, players: players),
      averages: averages, map: map, failed: failed)
    samples.finish()
    var checkpoint = section(SpecKeys.checkpoint)
    let values = checkpoint.values(of: CheckpointKeys.all)
    checkpoint.finish()
    return Output(
      directory: directory ?? "", logEvery: logEvery ?? 1,
      tensorBoard: tensorBoard ?? false, sampleEvery: sampleEvery ?? 0,
      sample: source, checkpointEvery: values[CheckpointKeys.every],
      checkpointMinutes: values[CheckpointKeys.minutes],
      keepCheckpoints: values[CheckpointKeys.keep])
  }
}
