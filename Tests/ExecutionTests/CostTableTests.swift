import TensorIR
import Testing

@testable import Execution
@testable import Planning

/// The table that predicts what kernel calls take.
@Suite struct CostTableTests {
  private func step(_ call: KernelCall, counts: [Int]) -> Program.Step {
    let regions = counts.map { Region(.arena, offset: 0, count: $0) }
    return Program.Step(
      call: call, operands: Array(regions.dropLast()), result: regions[regions.count - 1],
      scratch: Region(.arena, offset: 0, count: 0), value: ValueID(0), origin: Origin())
  }

  /// microseconds + factor · operations/ceiling + factor · bytes/ceiling, by hand.
  @Test func aCallCostsWhatItsLineSays() {
    let table = CostTable(text: "# for people\nelementwise.small 2.0 3.0 4.0\nany 1 0 0\n")
    let square = ScalarProgram(
      accesses: [.dense(1000)],
      instructions: [ScalarProgram.Instruction(.square, a: 0)])
    let seconds = table.seconds(
      of: step(.elementwise(square), counts: [1000, 1000]), gigaflops: 1, gigabytes: 2,
      EngineOptions(threads: 1))
    // 1,000 operations at 1e9 a second, 8,000 bytes at 2e9 a second.
    #expect(abs(seconds - (2e-6 + 3 * 1e-6 + 4 * 4e-6)) < 1e-15)
    let other = table.seconds(
      of: step(.fill(ExactDouble(0)), counts: [10]), gigaflops: 1, gigabytes: 2,
      EngineOptions(threads: 1))
    #expect(other == 1e-6)
    let free = table.seconds(
      of: step(.alias(offset: 0), counts: [10]), gigaflops: 1, gigabytes: 2,
      EngineOptions(threads: 1))
    #expect(free == 0)
  }

  /// Every line of the shipped table is read, and there is one for what no game ran.
  @Test func theShippedTableIsWhole() {
    let text = String(decoding: PackageResources.costs_table, as: UTF8.self)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count > 15)
    #expect(CostTable.shipped.rows.count == lines.count)
    #expect(CostTable.shipped.rows["any"] != nil)
  }
}
