import Foundation
import Testing

/// `advas-run new`, as a person uses it: the spec is written, checked, priced, and trains.
@Suite struct NewTests {
  @Test(arguments: [
    ["--data", "ring"],
    [
      "--data", "moons", "--objective", "non_saturating", "--regularizer", "r1", "--regularizer",
      "advas",
    ],
    [
      "--data", "fashion_mnist", "--objective", "least_squares", "--architecture", "mlp", "--width",
      "8",
    ],
    [
      "--data", "shapes", "--shape", "3,16,16", "--objective", "hinge", "--width", "4", "--batch",
      "8",
    ],
    [
      "--data", "{type: shapes, shape: [3, 28, 28]}", "--architecture", "resnet", "--width", "4",
      "--batch", "4", "--regularizer", "wgan_gp", "--regularizer", "advas",
    ],
  ])
  func fiveWishesTrain(wish: [String]) throws {
    let place = try Workplace()
    let new = try Command.run(
      Command.url("advas-run"), ["new", "wish.yaml"] + wish, in: place.folder)
    #expect(new.status == 0, "\(new.error)")
    #expect(new.output == "wish.yaml: train it with: advas-run wish.yaml\n")
    #expect(new.error.contains("a round on"), "\(new.error)")
    #expect(!new.error.contains("warning"), "\(new.error)")
    let training = try place.run("wish.yaml", "--steps", "2", "--set", "samples=null")
    #expect(training.status == 0, "\(training.error)")
    let again = try Command.run(
      Command.url("advas-run"), ["new", "wish.yaml"] + wish, in: place.folder)
    #expect(again.status == 2)
    #expect(again.error.contains("'wish.yaml' is there already"))
  }

  @Test func withoutDataAndTerminalItSaysWhatToWrite() throws {
    let result = try Workplace().run("new")
    #expect(result.status == 2)
    #expect(result.error.contains("--data does not say which"), "\(result.error)")
  }

  @Test func faultyWishesAreRefusedBeforeAnythingIsWritten() throws {
    let place = try Workplace()
    let result = try place.run("new", "wish.yaml", "--data", "rnig")
    #expect(result.status == 2)
    #expect(result.error.contains("did you mean 'ring'?"), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: place.file("wish.yaml").path))
  }

  /// A spec goes through pipes, and messages can be read by programs.
  @Test func specsComeFromStandardInput() throws {
    let place = try Workplace()
    let path = Command.folder.path
    func shell(_ script: String) throws -> Command.Output {
      try Command.run(URL(fileURLWithPath: "/bin/bash"), ["-c", script], in: place.folder)
    }
    let fed = try shell("'\(path)/advas-run' - --steps 2 --json < spec.yaml")
    #expect(fed.status == 0, "\(fed.error)")
    let lines = fed.output.split(separator: "\n")
    #expect(lines.first == #"{"run":"runs/00000-small-ring","round":0,"rounds":2}"#)
    #expect(lines.last == #"{"run":"runs/00000-small-ring","round":2,"outcome":"finished"}"#)
    #expect(try shell("'\(path)/advas-graph' --stats - < spec.yaml").status == 0)
    let piped = try shell("'\(path)/advas-run' check <(cat spec.yaml)")
    #expect(piped.status == 2)
    #expect(piped.error.contains("name -, which is standard input"), "\(piped.error)")
    let faulty = try shell(
      "sed 's/^objective: .*/objective: wgna/' spec.yaml | ADVAS_DIAGNOSTICS=json '\(path)/advas-run' check -"
    )
    #expect(faulty.status == 2)
    let message = try JSONSerialization.jsonObject(with: Data(faulty.error.utf8)) as? [String: Any]
    #expect(message?["file"] as? String == "<standard input>")
    #expect((message?["hint"] as? String)?.contains("did you mean 'wgan'?") == true)
  }

  @Test func faultyCommandLinesAreForProgramsToo() throws {
    for tool in ["advas-run", "advas-graph"] {
      func run(_ format: String) throws -> Command.Output {
        try Command.run(
          URL(fileURLWithPath: "/usr/bin/env"),
          ["ADVAS_DIAGNOSTICS=\(format)", Command.url(tool).path, "--no-such-flag"])
      }
      let faulty = try run("json")
      #expect(faulty.status == 64)
      let message =
        try JSONSerialization.jsonObject(with: Data(faulty.error.utf8)) as? [String: Any]
      #expect(message?["level"] as? String == "error")
      let unknown = try run("xml")
      #expect(unknown.status == 2)
      #expect(unknown.error.contains("ADVAS_DIAGNOSTICS names no format of messages: 'xml'"))
    }
  }

  @Test func kernelsHaveALimit() throws {
    func version(_ limit: String, _ tool: String) throws -> Command.Output {
      try Command.run(
        URL(fileURLWithPath: "/usr/bin/env"),
        ["ADVAS_MAX_ISA=\(limit)", Command.url(tool).path, "--version"])
    }
    for tool in ["advas-run", "advas-graph"] {
      #expect(try version("baseline", tool).output.contains("kernels: of any processor\n"))
      #expect(try !version("avx2", tool).output.contains("kernels: AVX-512\n"))
      let faulty = try version("AVX3", tool)
      #expect(faulty.status == 2)
      #expect(
        faulty.error == """
          error: the environment variable ADVAS_MAX_ISA names no instruction set
            set it to one of baseline, avx2, avx512, or unset it

          """)
    }
  }

  @Test func versionSaysWhatComputes() throws {
    for tool in ["advas-run", "advas-graph"] {
      let text = try Command.run(tool, "--version").output
      #expect(text.hasPrefix("advas 0."))
      for word in ["kernels: ", "OpenBLAS ", "oneDNN ", "LibYAML ", "libpng ", "HDF5 ", "zlib "] {
        #expect(text.contains(word), "\(text)")
      }
    }
  }
}
