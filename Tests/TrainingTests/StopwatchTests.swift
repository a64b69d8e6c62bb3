import Console
import Testing

@testable import Training

@Suite struct StopwatchTests {
  /// A first round of 27 ms, then 24,000 a second, a lap each 100 rounds: after a second the speed is that of the last
  /// half second or more, not the 37 of the first round.
  @Test func shortLapsDoNotFreezeTheSpeed() {
    let start = ContinuousClock.now
    var watch = Stopwatch(round: 0, before: 0, at: start)
    var now = start + .milliseconds(27)
    watch.lap(at: 1, now)
    #expect(abs(watch.speed(at: 1, now) - 1 / 0.027) < 1e-6)
    for round in 2...24_000 {
      now = start + .milliseconds(27) + .seconds(1) * round / 24_000
      if round % 100 == 0 {
        let seconds = (now - start).seconds
        if seconds > 0.6 { #expect(abs(watch.speed(at: round, now) / 24_000 - 1) < 0.06) }
        watch.lap(at: round, now)
      }
    }
    #expect(abs(watch.speed(at: 24_000, now) / 24_000 - 1) < 0.03)
  }

  /// Two rounds a second, then four: a lap of a second tells each exactly, in the middle of one too.
  @Test func laps() {
    let start = ContinuousClock.now
    var watch = Stopwatch(round: 10, before: 5, at: start)
    watch.lap(at: 20, start + .seconds(5))
    #expect(watch.speed(at: 20, start + .seconds(5)) == 2)
    #expect(watch.speed(at: 24, start + .seconds(6)) == 4)
    watch.lap(at: 24, start + .seconds(6))
    // Too short by itself, so with the lap before: five rounds in 1.25 seconds.
    #expect(watch.speed(at: 25, start + .milliseconds(6250)) == 4)
    #expect(Stopwatch(round: 3, before: 0, at: start).speed(at: 3, start) == 0)
  }

  /// Data takes 0.2 of 2 seconds in the first lap and 0.9 of 1 in the second.
  @Test func shareOfData() {
    let start = ContinuousClock.now
    var watch = Stopwatch(round: 0, before: 5, at: start)
    let lap = start + .seconds(2)
    #expect(abs(watch.dataShare(.milliseconds(200), lap) - 0.1) < 1e-9)
    watch.lap(at: 10, dataTime: .milliseconds(200), lap)
    let end = lap + .seconds(1)
    #expect(abs(watch.dataShare(.milliseconds(1100), end) - 0.9) < 1e-9)
    #expect(abs((watch.wholeDataShare(.milliseconds(1100), end) ?? 0) - 1.1 / 3) < 1e-9)
    // Without data there is no share to tell, and no time of training has none.
    #expect(watch.wholeDataShare(.zero, end) == nil)
    #expect(Stopwatch(round: 0, before: 0, at: start).dataShare(.zero, start) == 0)
  }
}
