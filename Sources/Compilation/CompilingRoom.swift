import Console
import Diagnostics
import Glibc

extension Compiler {
  /// Bytes of address space that specs of a moderate size take to be read and compiled.
  private static let room = 64 << 20

  /// Throws where hardly any address space is left: a small allocation that fails ends a Swift process without a word.
  func requireRoom() throws(Failure) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let mapping = mmap(nil, Self.room, PROT_NONE, flags, -1, 0)
    guard let mapping, mapping != MAP_FAILED else {
      let fault = Diagnostic.machine(
        "cannot allocate \(Self.room >> 20) MiB to compile the spec", hint: "raise 'ulimit -v'")
      throw Failure(.runTime, DiagnosticBag([fault]))
    }
    munmap(mapping, Self.room)
  }
}
