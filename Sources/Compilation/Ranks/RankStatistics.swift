import Console
import Modules
import Passes
import TensorIR

/// What ranks will send each other, known before anything runs.
public struct RankStatistics {
  /// A network between ranks.
  struct Link {
    let name: String
    /// Seconds from rank to rank.
    let latency: Double
    /// Bytes a second that arrive.
    let bandwidth: Double
  }

  /// As much of a link's nominal rate as arrives by TCP (65 %) and by RDMA (80 %), and usual latencies.
  static let links = [
    Link(name: "10 GbE", latency: 25e-6, bandwidth: 0.65 * 1.25e9),
    Link(name: "25 GbE", latency: 25e-6, bandwidth: 0.65 * 3.125e9),
    Link(name: "100 GbE RDMA", latency: 3e-6, bandwidth: 0.8 * 12.5e9),
  ]

  let functions: [PortableFunction]
  let ranks: Int
  let elementBytes: Int

  /// Takes functions as `Compiler.rankedFunctions` makes them.
  public init(_ functions: [PortableFunction], ranks: Int, _ precision: Compiler.Precision) {
    (self.functions, self.ranks) = (functions, ranks)
    elementBytes = precision.element.byteCount
  }

  /// A row for each function, and a line for each value that ranks must gather.
  public var text: String {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("function", .left), ("messages", .right), ("sums", .right), ("summed", .right),
      ("gathers", .right), ("gathered", .right),
    ]
    columns += Self.links.map { ("ms on \($0.name)", .right) }
    var table = TextTable(columns)
    var gathers = ""
    for function in functions {
      let traffic = RankTraffic(function.graph)
      var row = [
        function.title, "\(traffic.messages.count)", "\(traffic.reductions.count)",
        byteText(traffic.reduced * elementBytes), "\(traffic.gathers.count)",
        byteText(traffic.gathered * elementBytes),
      ]
      row += Self.links.map { link in
        let seconds = traffic.seconds(
          ranks: ranks, latency: link.latency, bandwidth: link.bandwidth,
          elementBytes: elementBytes)
        return formatted("%.2f", 1000 * seconds)
      }
      table.add(row)
      for id in traffic.gathers { gathers += gatherText(function, id) }
    }
    return "\(ranks) ranks, each with 1/\(ranks) of every batch\n\n" + table.text + gathers
  }

  /// What the messages leave of the ranks' speed, where a round of one rank takes `seconds`: with the spec's batch, and
  /// with one of as many samples on each rank as one alone would have.
  public func efficiencyText(of compiled: CompiledExperiment, seconds: Double) -> String {
    var table = TextTable([("", .left)] + Self.links.map { ($0.name, .right) })
    let messages = Self.links.map { link in
      compiled.perRound { index in
        let own = functions.first { $0.title == compiled.functions[index].title }
        return own.map {
          RankTraffic($0.graph).seconds(
            ranks: ranks, latency: link.latency, bandwidth: link.bandwidth,
            elementBytes: elementBytes)
        } ?? 0
      }
    }
    table.add(
      ["the spec's batch, faster by"]
        + messages.map { formatted("%.1fx", seconds / (seconds / Double(ranks) + $0)) })
    table.add(
      ["\(ranks) times the batch, share of the ranks' speed"]
        + messages.map { formatted("%.0f %%", 100 * seconds / (seconds + $0)) })
    return
      "\nA round of one rank takes about \(formatted("%.3g", 1000 * seconds)) ms here (predicted). "
      + "With \(ranks) ranks like it:\n\n" + table.text
  }

  private func gatherText(_ function: PortableFunction, _ id: ValueID) -> String {
    let (node, origin) = (function.graph[id], function.graph.origins[id.index])
    return "\(function.title) gathers \(node.type), which \(origin.place) needs of all samples\n"
  }
}
