import Diagnostics

/// What a run measures, and what it says of figures that it cannot give.
extension TrainingRun {
  /// Measures what is due after `round`, and warns where that is less than it should be.
  func measure(round: Int, isLast: Bool) throws(Diagnostic) -> [Measurement] {
    guard let evaluation else { return [] }
    let measured = evaluation.measure(round: round, isLast: isLast)
    if let fault = evaluation.takeFault() {
      try warn(
        Diagnostic(
          .warning, "reals cannot be measured: \(fault.message)", at: fault.span, hint: fault.hint))
    }
    for complaint in evaluation.complaints { try warn(complaint) }
    return measured
  }

  private func warn(_ warning: Diagnostic) throws(Diagnostic) {
    display.warn(warning)
    try log.append("warning: \(warning.message)")
  }
}
