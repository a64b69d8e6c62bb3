import Compilation
import Execution
import Planning
import TensorIR
import Testing

@testable import Explorer

/// Rectangles of the memory plan, derived from a program's steps alone.
@Suite struct MemoryMapTests {
  /// Two values of which one place must serve both would be two rectangles that overlap.
  @Test(arguments: ShippedSpec.paths) func nothingLiesOnAnother(_ path: String) throws {
    for function in try ShippedSpec.compile(path).experiment.functions {
      let map = MemoryMap(function.executable.program)
      let blocks = map.blocks.sorted { $0.from < $1.from }
      var clashes: [String] = []
      for (index, block) in blocks.enumerated() {
        for other in blocks[(index + 1)...].prefix(while: { $0.from <= block.to })
        where block.offset < other.offset + other.count && other.offset < block.offset + block.count
        {
          clashes.append("%\(block.node) and %\(other.node)")
        }
      }
      #expect(clashes.isEmpty, "\(function.title)")
    }
  }

  /// The planner knows the most that is alive from its own bookkeeping.
  @Test(arguments: ShippedSpec.paths) func thePeakIsThePlanners(_ path: String) throws {
    for function in try ShippedSpec.compile(path).experiment.functions {
      let program = function.executable.program
      let map = MemoryMap(program)
      // The planner rounds each buffer up to 16 elements, and frees one that is overwritten in place as a whole.
      let slack = 16 * map.blocks.count
      #expect(map.peak.count <= program.maxLiveCount)
      #expect(map.peak.count >= program.maxLiveCount - slack, "\(function.title)")
    }
  }
}
