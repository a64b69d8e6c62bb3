import ArgumentParser
import Training

extension Train {
  func validate() throws {
    let needsNoSpec = [list != nil, explain != nil, schema, reference != nil].count { $0 }
    guard needsNoSpec <= 1, needsNoSpec == 0 || spec == nil else {
      throw ValidationError(
        "--list, --explain, --schema and --reference stand alone, without a spec.")
    }
    guard needsNoSpec == 1 || spec != nil else {
      throw ValidationError("Name a spec, a YAML file.")
    }
    let modes = [
      dryRun && replay == nil, printConfig, listRuns, gradcheck, passcheck,
      record != nil || replay != nil, benchmark != nil, profile != nil, kernels.autotune != nil,
    ]
    guard modes.count(where: { $0 }) <= 1 else {
      throw ValidationError(
        "Only one of --dry-run, --print-config, --list-runs, --gradcheck, --passcheck, "
          + "--record/--replay, --benchmark, --profile and --autotune makes sense.")
    }
    if let profile, profile < 1 { throw ValidationError("--profile needs at least one round.") }
    if let at {
      guard at >= 0 else { throw ValidationError("--at counts rounds from 0.") }
      guard record != nil || replay != nil else {
        throw ValidationError("--at belongs to --record or --replay.")
      }
    }
    if let samples {
      guard samples >= 2, samples.isMultiple(of: 2) else {
        throw ValidationError("--samples has to be an even number, for two halves.")
      }
      guard passcheck else { throw ValidationError("--samples belongs to --passcheck.") }
    }
    if let benchmark, benchmark < 1 {
      throw ValidationError("--benchmark needs at least one round.")
    }
    try validateKernels()
    try validatePasses()
  }

  private func validateKernels() throws {
    if precision == .float64, profile != nil || kernels.autotune != nil {
      throw ValidationError(
        "--profile and --autotune time the fast engine, which computes in float32.")
    }
    if kernels.convolutionTable != nil, spec == nil || printConfig || listRuns || gradcheck {
      throw ValidationError(
        "--convolution-table is for the fast engine; what prints a spec, lists or compares "
          + "gradients does not read it.")
    }
  }

  private func validatePasses() throws {
    guard !disablePass.isEmpty else { return }
    // A run that is resumed would not know of it, and go on with other rounding.
    guard
      dryRun || passcheck || record != nil || replay != nil || benchmark != nil || profile != nil
    else {
      throw ValidationError(
        "--disable-pass belongs to --dry-run, --passcheck, --record, --replay, --benchmark or "
          + "--profile.")
    }
    if let complaint = Compiler.complaint(aboutPasses: disablePass) {
      throw ValidationError(complaint)
    }
  }
}
