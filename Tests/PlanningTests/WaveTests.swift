import Lowering
import Modules
import Passes
import Planning
import TensorIR
import TestSupport
import Testing

@testable import Execution

@Suite struct WaveTests {
  /// Every step is in one wave; of two steps of which one writes what the other touches, the later one is in a later
  /// wave.
  private func check(_ program: Program, joins: [Bool]) {
    let waves = Wave.waves(of: program, joins: joins)
    #expect(waves.flatMap(\.steps).sorted() == Array(program.steps.indices))
    var place = [Int](repeating: 0, count: program.steps.count)
    for (index, wave) in waves.enumerated() {
      for step in wave.steps { place[step] = index }
      #expect(wave.steps.count == 1 || wave.steps.allSatisfy { joins[$0] })
    }
    for late in program.steps.indices {
      for early in 0..<late where meet(program.steps[early], program.steps[late]) {
        #expect(place[early] < place[late], "\(program.name): steps \(early) and \(late)")
      }
    }
  }

  private func meet(_ a: Program.Step, _ b: Program.Step) -> Bool {
    func elements(_ regions: [Region]) -> Set<Int> {
      Set(
        regions.flatMap { region in
          (region.offset..<region.offset + region.count).map {
            region.space == .arena ? $0 : -1 - $0
          }
        })
    }
    let (writesA, writesB) = (elements([a.result, a.scratch]), elements([b.result, b.scratch]))
    return !writesA.isDisjoint(with: elements(b.operands).union(writesB))
      || !writesB.isDisjoint(with: elements(a.operands))
  }

  @Test func stepsThatMeetKeepTheirOrder() throws {
    for seed in UInt64(1)...150 {
      let random = try RandomPlan(seed: seed, size: 30)
      let program = plan(
        graph: random.graph, placement: random.placement, state: random.state
      ) { $0.isSum ? 32 : 0 }
      check(program, joins: program.steps.map { _ in true })
      check(program, joins: program.steps.indices.map { !($0 + Int(seed)).isMultiple(of: 3) })
    }
  }

  /// An optimizer goes over all parameters of a player at once: its state in one wave, the parameters in another.
  @Test func updatesOfAPlayerAreTwoSweeps() throws {
    let module = try ShippedSpecs.module("ring/wgan-gp-advas.yaml")
    for function in module.functions {
      guard case .step(let player, _) = function.kind else { continue }
      let program = plan(
        graph: try Pipeline.standard.run(function.graph), placement: module.placement(of: function),
        state: module.stateLayout
      ) { workspace(for: $0, EngineOptions(threads: 2)) }
      let waves = Wave.waves(of: program, joins: program.steps.map { _ in true })
      let updates = waves.map { wave in
        wave.steps.count { program.steps[$0].origin.layer == "\(player).optimizer" }
      }
      let network = player == "generator" ? "G" : "D"
      let tensors = module.variables.count { $0.role == .parameter(network: network) }
      // A bias whose gradient is 0 decays by itself.
      #expect(updates.count { $0 >= tensors - 1 } == 2, "\(player): \(updates.filter { $0 > 0 })")
    }
  }
}

extension KernelCall {
  fileprivate var isSum: Bool {
    switch self {
    case .reduce, .sums: true
    default: false
    }
  }
}
