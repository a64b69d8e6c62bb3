import Console
import Diagnostics
import TensorIR

extension Explanation {
  /// What `advas-graph --explain-passes` prints of a step.
  ///
  ///     generator [advas]
  ///       D on G(z): piecewise linear, sample by sample; 8,523,776 multiply-adds
  ///       ...
  public var text: String {
    var lines = [title]
    for call in calls { lines += text(of: call) }
    lines.append("  multiply-adds as differentiated: \(Self.count(loweredMultiplyAdds))")
    for row in rows { lines += text(of: row) }
    lines.append("  multiply-adds after all passes: \(Self.count(finalMultiplyAdds))\(inUnits)")
    return lines.map { $0 + "\n" }.joined()
  }

  private func text(of call: NetworkCall) -> [String] {
    var properties: [String] = []
    if call.isPiecewiseLinear { properties.append("piecewise linear") }
    if call.treatsSamplesIndependently { properties.append("sample by sample") }
    let cost = "\(Self.count(call.multiplyAdds)) multiply-adds"
    var lines = [
      "  \(call.network) on \(call.argument): \((properties + [cost]).joined(separator: ", "))"
    ]
    if let stopper = call.curvature {
      lines.append("    not piecewise linear: \(Self.text(of: stopper))")
    }
    if let stopper = call.mixing { lines.append("    mixes samples: \(Self.text(of: stopper))") }
    return lines
  }

  private static func text(of stopper: NetworkCall.Stopper) -> String {
    "\(stopper.origin.layer)\(place(stopper.origin)) computes \(stopper.operation)"
  }

  private static func place(_ origin: Origin) -> String {
    origin.span.map { ", \($0.shortPlace)," } ?? ""
  }

  private func text(of row: Row) -> [String] {
    switch row.outcome {
    case .applied(let changes):
      let share = 100 * (row.before - row.after) / row.before
      let tenths = Int((10 * share).rounded())
      return [
        "  \(row.saving.name): \(Self.count(row.before)) -> \(Self.count(row.after)), "
          + "\(tenths / 10).\(tenths % 10)% less (\(row.saving.summary))"
      ]
        + changes.map { "    \($0.layer): \(Self.count($0.before)) -> \(Self.count($0.after))" }
    case .notCheaper(let more):
      return ["  \(row.saving.name): not applied, it would cost \(Self.count(more)) more"]
    case .absent:
      return ["  \(row.saving.name): not applied, \(reason(row.saving))"]
    case .disabled:
      return ["  \(row.saving.name): disabled"]
    }
  }

  /// Why a saving's pattern is nowhere: the first layer that breaks what it needs, where there is one.
  private func reason(_ saving: Saving) -> String {
    if twiceDifferentiated.isEmpty { return "nothing is differentiated twice" }
    for call in calls where twiceDifferentiated.contains(call.network) {
      if saving.needs.contains(.independentSamples), let stopper = call.mixing {
        return "\(stopper.origin.layer)\(Self.place(stopper.origin)) mixes samples"
      }
      if saving.needs.contains(.piecewiseLinearity), let stopper = call.curvature {
        return "\(stopper.origin.layer)\(Self.place(stopper.origin)) is not piecewise linear"
      }
    }
    return "its pattern is nowhere"
  }

  /// The total in passes through the network that is differentiated twice.
  private var inUnits: String {
    let units = calls.filter { twiceDifferentiated.contains($0.network) }
    guard let unit = units.map(\.multiplyAdds).max(), unit > 0,
      Set(units.map(\.network)).count == 1, let network = units.first?.network
    else { return "" }
    let hundredths = Int((100 * finalMultiplyAdds / unit).rounded())
    let fraction = hundredths % 100
    let number = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    return ", as many as \(number) passes through \(network)"
  }

  /// `12,345`.
  private static func count(_ value: Double) -> String {
    guard value < 1e18 else { return "\(value)" }
    return groupedText(Int(value))
  }
}
