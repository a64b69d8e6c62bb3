import Foundation
import Testing

@testable import Console

/// Writing to what does not take everything at once.
@Suite struct WritingTests {
  /// A pipe that somebody has made non-blocking refuses what it has no room for, until its reader comes.
  @Test func aFullPipeIsWaitedFor() throws {
    let (input, output, reader) = (Pipe(), Pipe(), Process())
    reader.executableURL = URL(filePath: "/bin/sh")
    reader.arguments = ["-c", "sleep 0.1; wc -c"]
    reader.standardInput = input
    reader.standardOutput = output
    try reader.run()
    let end = input.fileHandleForWriting
    #expect(fcntl(end.fileDescriptor, F_SETFL, O_NONBLOCK) == 0)
    let isWritten = write(all: [UInt8](repeating: 0, count: 1 << 20), to: end.fileDescriptor)
    #expect(isWritten)
    try end.close()
    let count = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(count.filter(\.isNumber) == "1048576")
  }
}
