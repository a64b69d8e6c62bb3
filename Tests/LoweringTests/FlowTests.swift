import Execution
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// RealNVP: functions that call networks which they are given, forwards and backwards.
@Suite struct FlowTests {
  /// What the flow that ships, narrow, makes of points `x` by random parameters: the value of an expression.
  private struct Flow {
    let function: Function
    let inputs: [[Double]]

    init(_ expression: String, batch: Int) throws {
      let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "specs/flow/realnvp.yaml").path
      let settings = [
        "vars.width=5", "data.x.batch=\(batch)", "players.likelihood.minimizes=\(expression)",
      ]
      let result = SpecLoader(overrides: settings).load(path: path)
      guard let experiment = result.experiment else { throw result.diagnostics }
      let module = lower(experiment, options: LoweringOptions(element: .float64))
      let function = try #require(module.functions.first { $0.isStep(of: "likelihood") })
      self.function = function
      // The same parameters for every expression; the draw of points is put in their place.
      inputs = function.graph.inputNames.enumerated().map { index, name in
        let count = function.graph.inputTypes[index].shape.count
        var generator = SplitMix64(seed: name.utf8.reduce(UInt64(7)) { 31 &* $0 &+ UInt64($1) })
        return generator.values(count, in: -0.8...0.8)
      }
    }

    func value(at points: [Double]) throws -> Double {
      var inputs = inputs
      inputs[try #require(function.graph.inputNames.firstIndex(of: "x"))] = points
      let place = try #require(function.index(of: .scalar("loss")))
      return evaluate(function.graph, inputs: inputs)[place][0]
    }
  }

  private static let points = [0.3, -1.2, 0.9, 0.1, -0.4, 2.5]

  @Test func theWayBackIsTheInverse() throws {
    let moved = try Flow("max(abs(slice(code(x), 0, 2) - x))", batch: 3)
    #expect(try moved.value(at: Self.points) > 0.1)
    let back = try Flow("max(abs(generated(slice(code(x), 0, 2)) - x))", batch: 3)
    #expect(try back.value(at: Self.points) < 1e-13)
    let forth = try Flow("max(abs(slice(code(generated(x)), 0, 2) - x))", batch: 3)
    #expect(try forth.value(at: Self.points) < 1e-13)
  }

  /// log p(x) = log N(u; 0, 1) + log|det du/dx|, by central differences of u.
  @Test func theDensityIsExact() throws {
    let coordinates = try [
      Flow("sum(first(code(x)))", batch: 1), Flow("sum(second(code(x)))", batch: 1),
    ]
    let density = try Flow("sum(log_density(x))", batch: 1)
    for start in stride(from: 0, to: Self.points.count, by: 2) {
      let point = Array(Self.points[start..<start + 2])
      func slope(_ flow: Flow, by axis: Int) throws -> Double {
        let h = 1e-5
        var (before, after) = (point, point)
        before[axis] -= h
        after[axis] += h
        return (try flow.value(at: after) - flow.value(at: before)) / (2 * h)
      }
      let u = try coordinates.map { try $0.value(at: point) }
      let (a, b) = (try slope(coordinates[0], by: 0), try slope(coordinates[0], by: 1))
      let (c, d) = (try slope(coordinates[1], by: 0), try slope(coordinates[1], by: 1))
      let expected = -(u[0] * u[0] + u[1] * u[1]) / 2 - log(2 * Double.pi) + log(abs(a * d - b * c))
      #expect(abs(try density.value(at: point) - expected) < 1e-8)
    }
  }
}
