import DataSupport
import Foundation

/// `data-fuzz FILES CASES SECONDS [NAME...]`: damaged files for each reader, or for those that are named; one whose library is
/// known to crash must be named.
///
/// A reader is done after so many cases or so many seconds. Prints a line for each: how many files it was given, how
/// many it refused, its slowest, and by how much the largest resident size of the program has grown. Exits with 1
/// where an error says nothing to a user; a file that takes over 30 seconds ends the program, and it and one that
/// crashes are left in the folder that the first line names.
@main struct DataFuzz {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 3, let cases = Int(arguments[2]), let seconds = Double(arguments[3])
    else { fail("usage: data-fuzz FILES CASES SECONDS [NAME...]", 2) }
    let names = arguments.dropFirst(3)
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "data-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    print("damaged files are written to \(folder.path)")
    fflush(nil)
    let readers = try TriedReader.all(files: arguments[1])
    for reader in readers where names.contains(reader.name) || names.isEmpty && !reader.isLibrarys {
      try attack(reader, cases: cases, seconds: seconds, in: folder)
    }
    try FileManager.default.removeItem(at: folder)
  }

  private static func attack(
    _ reader: TriedReader, cases: Int, seconds: Double, in folder: URL
  ) throws {
    let path = folder.appending(path: "damaged").path
    let sound = folder.appending(path: "sound").path
    try write(reader.sound, to: sound)
    let clock = ContinuousClock()
    let (start, memory) = (clock.now, peakBytes)
    var (done, refused, longest) = (0, 0, Duration.zero)
    while done < cases, clock.now - start < .seconds(seconds) {
      try write(reader.damaged(done), to: path)
      alarm(30)
      let began = clock.now
      do { try reader.read(path) } catch {
        guard TriedReader.isSaid(error) else { fail("\(reader.name), case \(done): \(error)", 1) }
        refused += 1
      }
      longest = max(longest, clock.now - began)
      // Damage that was seen before must not come between a reader and a sound file.
      if done % 16 == 0 { try reader.read(sound) }
      done += 1
    }
    alarm(0)
    let total = clock.now - start
    print(
      "\(reader.name): \(done) files, \(refused) refused, \(total / .seconds(1)) s,",
      "longest \(longest / .milliseconds(1)) ms, \((peakBytes - memory) >> 20) MiB more")
    fflush(nil)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w") else { fail("cannot write \(path)", 1) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
      fail("cannot write \(path)", 1)
    }
  }

  /// The largest resident size so far.
  private static var peakBytes: Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss << 10
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(code)
  }
}
