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

  private func gatherText(_ function: PortableFunction, _ id: ValueID) -> String {
    let (node, origin) = (function.graph[id], function.graph.origins[id.index])
    return "\(function.title) gathers \(node.type), which \(origin.place) needs of all samples\n"
  }
}
