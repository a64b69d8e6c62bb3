import Compilation
import Execution
import Foundation
import Planning
import TensorIR
import Testing

@testable import Explorer

/// The document that other programs and the page read, beside the graphs that it was made of.
@Suite struct GraphDocumentTests {
  private func document(
    _ path: String, settings: [String] = []
  ) throws -> (json: [String: Any], experiment: CompiledExperiment) {
    let game = try ShippedSpec.compile(path, settings: settings)
    let document = try GraphDocument(
      game.experiment, spec: game.spec.file, stage: .optimized, player: nil, compiler: game.compiler
    )
    let json = try JSONSerialization.jsonObject(with: Data(document.text.utf8))
    return (try #require(json as? [String: Any]), game.experiment)
  }

  @Test(arguments: ShippedSpec.paths) func nodesAreThoseOfTheGraph(_ path: String) throws {
    let (json, experiment) = try document(path)
    let functions = try #require(json["functions"] as? [[String: Any]])
    #expect(functions.map { $0["title"] as? String } == experiment.functions.map(\.title))
    for (function, compiled) in zip(functions, experiment.functions) {
      let graph = compiled.executable.graph
      let nodes = try #require(function["nodes"] as? [[String: Any]])
      #expect(nodes.count == graph.nodes.count)
      for (index, node) in nodes.enumerated() {
        #expect(node["operands"] as? [Int] == graph.nodes[index].operands.map(\.index))
        #expect(node["type"] as? String == "\(graph.nodes[index].type)")
        #expect(node["order"] as? Int == graph.origins[index].order)
        #expect((node["formula"] as? String)?.isEmpty == false)
      }
      let work = nodes.reduce(0) { $0 + ($1["flop"] as? Double ?? 0) }
      #expect(abs(work - graph.costs.reduce(0) { $0 + $1.operations }) <= 1e-12 * work)
      // Every step of the program computes a node, in the order in which it runs.
      let memory = try #require(function["memory"] as? [String: Any])
      #expect(
        memory["steps"] as? [Int] == compiled.executable.program.steps.map(\.value.index))
    }
  }

  /// Lines are those of the files, counted from 1: a layer's nodes come from the line that says it.
  @Test func placesLeadToTheSpec() throws {
    let (json, _) = try document("specs/ring/wgan-gp-advas.yaml")
    let sources = try #require(json["sources"] as? [[String: Any]])
    let files = try sources.map { try #require($0["lines"] as? [String]) }
    #expect((sources.first?["name"] as? String)?.hasSuffix("specs/ring/wgan-gp-advas.yaml") == true)
    let functions = try #require(json["functions"] as? [[String: Any]])
    let nodes = functions.flatMap { $0["nodes"] as? [[String: Any]] ?? [] }
    let products = nodes.filter {
      $0["layer"] as? String == "D.0" && $0["op"] as? String == "matmul"
    }
    #expect(!products.isEmpty)
    for node in products {
      let place = try #require(node["at"] as? [Int])
      #expect(files[place[0]][place[1] - 1].contains("linear"), "\(place)")
    }
  }

  /// What fusing made is known as such, and what no pass touched is not.
  @Test func passesOwnWhatTheyMade() throws {
    let (json, _) = try document("specs/ring/wgan-gp-advas.yaml")
    for function in try #require(json["functions"] as? [[String: Any]]) {
      let passes = try #require(function["passes"] as? [[String: Any]]).map {
        $0["pass"] as? String
      }
      for node in try #require(function["nodes"] as? [[String: Any]]) {
        let maker = (node["pass"] as? Int).map { passes[$0] }
        if let op = node["op"] as? String, op == "fused" || op == "fused_sums" {
          #expect(maker == "fuse")
        }
        if node["op"] as? String == "input" { #expect(maker == nil) }
      }
    }
  }

  @Test func savingsSayWhatTheyDo() throws {
    let (json, _) = try document("specs/ring/wgan-gp-advas.yaml")
    let functions = try #require(json["functions"] as? [[String: Any]])
    let passes = functions.flatMap { $0["passes"] as? [[String: Any]] ?? [] }
    let saving = try #require(passes.first { $0["pass"] as? String == "shared-sweeps" })
    #expect((saving["summary"] as? String)?.hasPrefix("sweeps that differ by a factor") == true)
  }

  /// Where a step goes through its samples in pieces, its graph is that of a piece, and a pass has made it so.
  @Test func microbatchesAreMadeByAPass() throws {
    let (json, _) = try document("specs/ring/gan.yaml", settings: ["train.microbatch=64"])
    let functions = try #require(json["functions"] as? [[String: Any]])
    let step = try #require(functions.first { $0["owner"] as? String == "generator" })
    let passes = try #require(step["passes"] as? [[String: Any]])
    #expect(passes.contains { $0["pass"] as? String == "partition" })
    for pass in passes { #expect((pass["summary"] as? String)?.isEmpty == false) }
    let fused = try #require(step["nodes"] as? [[String: Any]]).filter {
      $0["op"] as? String == "fused"
    }
    #expect(!fused.isEmpty && fused.allSatisfy { $0["pass"] != nil })
  }

  /// Lines of a file that was written elsewhere end in two characters, which are one of Swift's.
  @Test func linesEndAtCarriageReturnsToo() throws {
    let text = """
      spec: 1
      data: {x: {type: ring, modes: 8, radius: 2, sigma: 0.05, batch: 4}}
      latent: {z: {shape: [2]}}
      networks:
        G: {input: z, layers: [linear: 2]}
        D: {input: x, layers: [linear: 1]}
      objective: wgan
      optimizer: {type: sgd, lr: 1e-3}
      train: {total: 1}

      """
    let lines = text.components(separatedBy: "\n").dropLast()
    var compiler = Compiler()
    let input = SpecInput(text: lines.map { $0 + "\r\n" }.joined(), name: "dos.yaml")
    let spec = try compiler.load(input)
    let experiment = try compiler.compile(checked: spec)
    let document = try GraphDocument(
      experiment, spec: spec.file, stage: .optimized, player: nil, compiler: compiler)
    let json = try JSONSerialization.jsonObject(with: Data(document.text.utf8)) as? [String: Any]
    let sources = try #require(json?["sources"] as? [[String: Any]])
    #expect(sources.first?["lines"] as? [String] == Array(lines))
  }

  /// A page has the same data, and no text of a spec becomes markup.
  @Test func pagesHoldTheirDataAsText() throws {
    let game = try ShippedSpec.compile(
      "specs/ring/gan.yaml", settings: ["name=\"</script><b>{{data}}\""])
    let page = try GraphDocument(
      game.experiment, spec: game.spec.file, stage: .optimized, player: nil, compiler: game.compiler
    ).html
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.contains("<title>&lt;/script&gt;&lt;b&gt;{{data}}: graphs</title>"))
    #expect(page.contains("default-src 'none'"))
  }
}
