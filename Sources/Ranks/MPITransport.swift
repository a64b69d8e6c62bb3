import CMPI
import Console
import Diagnostics
import Execution
import Glibc

/// Ranks that are processes, on one machine or several, and speak by MPI.
///
/// A fault of MPI ends all of them with a message: whoever misses others cannot go on.
public final class MPITransport: Transport {
  /// How sums over ranks are made.
  public enum Sums: String, CaseIterable, Sendable {
    /// As MPI likes: bits depend on its version, the number of ranks and the size.
    case fast
    /// In the order of ranks: bits depend on the number of ranks alone.
    case ordered
  }

  public let rank: Int
  public let ranks: Int
  /// How many of them run on this machine.
  public let localRanks: Int
  private let sums: Sums
  private var scratch: [UInt64] = []

  /// Joins the ranks that `mpirun` has started.
  ///
  /// - Throws: `Diagnostic` where this advas was built without MPI, or MPI does not start.
  public init(sums: Sums) throws(Diagnostic) {
    guard cmpi_is_present() != 0 else {
      throw Diagnostic(
        .error, "this advas was built without MPI",
        hint:
          "build it with 'swift build -c release --traits default,MPI', or by 'make install-mpi'")
    }
    var (rank, ranks, local): (Int32, Int32, Int32) = (0, 1, 1)
    let error = cmpi_initialize(&rank, &ranks, &local)
    guard error == 0 else {
      throw Diagnostic.machine(
        "MPI does not start: \(String(cString: cmpi_error(error)))",
        hint: "start it by mpirun, of the MPI that advas was built with")
    }
    (self.rank, self.ranks, localRanks) = (Int(rank), Int(ranks), Int(local))
    self.sums = sums
  }

  /// How many processes an `mpirun` has started of which this is one; 1 for a process by itself.
  public static var startedCount: Int {
    let names: [String] = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"]
    return names.lazy.compactMap { name in
      getenv(name).flatMap { Int(String(cString: $0)) }
    }.first ?? 1
  }

  /// Leaves the ranks; returns when all do.
  public func leave() { _ = cmpi_finalize() }

  /// Ends all ranks at once.
  public func abort(_ code: Int32) -> Never {
    cmpi_abort(code)
    exit(code)
  }

  public func sum(_ values: UnsafeMutableBufferPointer<Float>) {
    sum(values.baseAddress, values.count, CMPI_FLOAT, bytes: 4)
  }

  public func sum(_ values: UnsafeMutableBufferPointer<Double>) {
    sum(values.baseAddress, values.count, CMPI_DOUBLE, bytes: 8)
  }

  private func sum(_ values: UnsafeMutableRawPointer?, _ count: Int, _ type: cmpi_type, bytes: Int)
  {
    switch sums {
    case .fast: require(cmpi_sum(values, Int64(count), type))
    case .ordered:
      let need = (2 * (count + ranks) * bytes + 7) / 8
      if scratch.count < need { scratch = [UInt64](repeating: 0, count: need) }
      let error = scratch.withUnsafeMutableBytes {
        cmpi_ordered_sum(values, Int64(count), type, $0.baseAddress)
      }
      require(error)
    }
  }

  public func maximum(_ values: UnsafeMutableBufferPointer<Float>) {
    require(cmpi_max(values.baseAddress, Int64(values.count), CMPI_FLOAT))
  }

  public func maximum(_ values: UnsafeMutableBufferPointer<Double>) {
    require(cmpi_max(values.baseAddress, Int64(values.count), CMPI_DOUBLE))
  }

  public func gather(_ part: UnsafeRawBufferPointer, into whole: UnsafeMutableRawBufferPointer) {
    precondition(whole.count == part.count * ranks, "room for the parts of all ranks")
    require(cmpi_gather(part.baseAddress, whole.baseAddress, Int64(part.count)))
  }

  public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
    require(cmpi_broadcast(bytes.baseAddress, Int64(bytes.count)))
  }

  private func require(_ error: Int32) {
    guard error != 0 else { return }
    Terminal.error.show(
      Diagnostic.machine(
        "rank \(rank) cannot reach the others: \(String(cString: cmpi_error(error)))",
        hint: "what the last checkpoint has is not lost; 'advas-run resume' goes on from it"))
    abort(Failure.Kind.runTime.rawValue)
  }
}
