import Diagnostics
import Foundation
import Testing

@testable import Data

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("one", to: folder.file("a"))
    try AtomicFile.write([1, 2, 3], to: folder.file("a"))
    #expect(try folder.bytes("a") == [1, 2, 3])
    #expect(folder.names == ["a"])
  }

  @Test func failureLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write("old", to: folder.file("a"))
    #expect(throws: FileError.self) {
      try AtomicFile.write(to: folder.file("a")) { (sink: inout FileSink) throws(FileError) in
        try sink.write(Array("half of the n".utf8))
        throw FileError(path: "a", message: "the plug was pulled")
      }
    }
    #expect(try folder.bytes("a") == Array("old".utf8))
    #expect(folder.names == ["a"])
  }

  @Test func aFullDiskIsSaid() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var sink = FileSink(descriptor: descriptor, path: "runs/checkpoint")
    var failure: FileError?
    do throws(FileError) {
      try sink.write([UInt8](repeating: 0, count: 100_000))
    } catch { failure = error }
    #expect(failure?.code == ENOSPC)
    #expect(failure?.message == "cannot write 'runs/checkpoint': the disk is full")
    #expect(failure?.hint?.contains("free some space") == true)
  }

  @Test func leftOverTemporaryFilesAreNotTouched() throws {
    let folder = try TemporaryFolder()
    let stale = ".a.\(getpid())-0.tmp"
    try folder.write([7], stale)
    try AtomicFile.write([1], to: folder.file("a"))
    #expect(try folder.bytes(stale) == [7])
    #expect(folder.names == [stale, "a"])
  }

  @Test func longNames() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "n", count: 255)
    try AtomicFile.write([1], to: folder.file(name))
    #expect(folder.names == [name])
  }

  @Test func wrongPlaces() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], "file")
    try FileManager.default.createDirectory(
      atPath: folder.file("folder"), withIntermediateDirectories: false)
    let cases: [(String, Int32)] = [
      (folder.file("missing/a"), ENOENT), (folder.file("file/a"), ENOTDIR),
      (folder.file("folder"), EISDIR), (folder.file("folder/"), EISDIR), ("", EISDIR),
      (folder.file(String(repeating: "n", count: 256)), ENAMETOOLONG),
    ]
    for (path, code) in cases {
      let failure = #expect(throws: FileError.self) { try AtomicFile.write([1], to: path) }
      #expect(failure?.code == code, "\(path): \(failure?.message ?? "")")
      #expect(failure?.hint != nil)
    }
    #expect(folder.names == ["file", "folder"])
  }

  @Test(arguments: ["real", "missing"]) func linksAreFollowed(target: String) throws {
    let folder = try TemporaryFolder()
    mkdir(folder.file("there"), 0o700)
    if target == "real" { try folder.write([1], "there/real") }
    #expect(symlink("there/\(target)", folder.file("near")) == 0)
    #expect(symlink(folder.file("near"), folder.file("far")) == 0)
    try AtomicFile.requireWritable(folder.file("far"))
    try AtomicFile.write([2], to: folder.file("far"))
    #expect(try folder.bytes("there/\(target)") == [2])
    for link in ["near", "far"] {
      var status = stat()
      #expect(lstat(folder.file(link), &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFLNK)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("there")) == [target])
  }

  @Test func whatIsNoFileStays() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.file("pipe"), 0o600)
    symlink("pipe", folder.file("link"))
    symlink("circle", folder.file("circle"))
    for (name, reason, code) in [
      ("pipe", "not a regular file", EINVAL), ("link", "not a regular file", EINVAL),
      ("circle", "go in a circle", ELOOP),
    ] {
      for write in [AtomicFile.requireWritable, { try AtomicFile.write([1], to: $0) }] {
        let failure = #expect(throws: FileError.self) { try write(folder.file(name)) }
        #expect(failure?.message.contains(reason) == true)
        #expect(failure?.code == code)
      }
    }
    var status = stat()
    #expect(lstat(folder.file("pipe"), &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFIFO)
    #expect(folder.names == ["circle", "link", "pipe"])
  }

  @Test(.enabled(if: geteuid() != 0)) func noPermission() throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o500)
    defer { chmod(folder.path, 0o700) }
    let failure = #expect(throws: FileError.self) {
      try AtomicFile.write([1], to: folder.file("a"))
    }
    #expect(failure?.code == EACCES)
  }

  @Test func readingRefusesWhatIsNoFile() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder.file("pipe"), 0o600)
    for (path, reason) in [
      (folder.path, "it is a folder"), (folder.file("pipe"), "not a regular file"),
      ("/dev/zero", "not a regular file"), (folder.file("none"), "no such file"),
    ] {
      let failure = #expect(throws: FileError.self) {
        try FileReader.contents(of: path, limit: 100)
      }
      #expect(failure?.message.contains(reason) == true)
    }
    try folder.write([UInt8](repeating: 1, count: 101), "large")
    #expect(throws: FileError.self) {
      try FileReader.contents(of: folder.file("large"), limit: 100)
    }
  }

  @Test func messagesAreFitForTerminals() {
    #expect(quoted("a\u{1b}[2Jb\n") == "'a\\u{1b}[2Jb\\n'")
    #expect(quoted(String(repeating: "x", count: 300)).count < 210)
  }

  /// A file that somebody writes is locked by the writer; what is not, and has a temporary file's name, is a leftover.
  @Test func leftoversGoAndFilesUnderWayStay() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(to: folder.file("a")) { (sink: inout FileSink) throws(FileError) in
      let beside = [".b.12-0.tmp", ".c.d.345-99.tmp", ".tmp", ".x.tmp", "e.1-0.tmp", ".f.1-.tmp"]
      for name in beside { try? AtomicFile.write("", to: folder.file(name)) }
      let list = { (try? FileManager.default.contentsOfDirectory(atPath: folder.file("."))) ?? [] }
      AtomicFile.removeLeftovers(in: folder.file("."))
      let (own, others) = (
        list().filter { $0.hasPrefix(".a.") }, list().filter { !$0.hasPrefix(".a.") }
      )
      #expect(own.count == 1)
      #expect(others.sorted() == [".f.1-.tmp", ".tmp", ".x.tmp", "e.1-0.tmp"])
      try sink.write([1])
    }
    #expect(try folder.bytes("a") == [1])
  }
}
