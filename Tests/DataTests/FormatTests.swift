import DataSupport
import Diagnostics
import Foundation
import Testing

@testable import Data

/// Files of other programs, and what these read in them; `Files/record.py` made both.
@Suite struct FormatTests {
  static let photo = Result {
    try JSONDecoder().decode(
      [String: [Double]].self, from: .init(try fixture("formats/photo.json")))
  }
  static let arrays = Result {
    try JSONDecoder().decode(
      [String: [Double]].self, from: .init(try fixture("formats/arrays.json")))
  }

  func path(_ name: String) -> String { fixturePath("formats/\(name)") }

  func open(_ definition: some DatasetDefinition) throws -> any IndexedSamples {
    try definition.open().samples
  }

  func values(_ source: any IndexedSamples) throws -> [Double] {
    try source.loaded(limit: 1 << 20).values.doubles
  }

  @Test func losslessPicturesAreEqual() throws {
    let expected = try Self.photo.get()["pixels"]
    for name in ["photo.png", "photo.webp"] {
      let picture = try PictureDecoder.decode(try fixture("formats/\(name)"))
      let sample = try picture.sample(PictureOptions(shape: [3, 14, 20]))
      #expect(sample.map(Double.init) == expected)
    }
    let picture = try PictureDecoder.decode(try fixture("formats/photo.png"))
    let grey = try picture.sample(PictureOptions(shape: [1, 14, 20]))
    #expect(try grey.map(Double.init) == Self.photo.get()["grey"])
  }

  @Test(arguments: ResamplingFilter.allCases) func sizesAreThoseOfPillow(
    _ filter: ResamplingFilter
  ) throws {
    let picture = try PictureDecoder.decode(try fixture("formats/photo.png"))
    let expected = try Self.photo.get()
    let plane = try #require(expected["pixels"]).prefix(280).map { Float($0) }
    for (w, h) in [(7, 5), (33, 9)] {
      for fit in PictureOptions.Fit.allCases {
        var options = PictureOptions(shape: [3, h, w], fit: fit)
        options.filter = filter
        let found = try picture.sample(options).map(Double.init)
        #expect(found == expected["\(fit) \(filter) \(w) \(h)"], "\(fit) \(filter) \(w) \(h)")
      }
      let found = FloatResampling(width: 20, height: 14, to: w, h, filter).resized(plane)
      let floats = try #require(expected["float \(filter) \(w) \(h)"])
      for (a, b) in zip(found, floats) { #expect(abs(Double(a) - b) < 5e-5) }
      #expect(found.count == floats.count)
    }
  }

  /// Colours of transparent pixels have no part in those beside them.
  @Test func sizesOfTransparentPicturesAreThoseOfPillow() throws {
    let picture = try PictureDecoder.decode(try fixture("formats/transparent.png"))
    let expected = try Self.photo.get()
    for fit in PictureOptions.Fit.allCases {
      for (w, h) in [(7, 5), (24, 14)] {
        for channels in [2, 4] {
          let options = PictureOptions(shape: [channels, h, w], alpha: .keep, fit: fit)
          let found = try picture.sample(options).map(Double.init)
          let key = "\(fit) \(channels == 2 ? "LA" : "RGBA") \(w) \(h)"
          #expect(found == expected[key], "\(key)")
        }
      }
    }
  }

  @Test func otherSizesNeedAWord() throws {
    let picture = try PictureDecoder.decode(try fixture("formats/photo.png"))
    let fault = #expect(throws: PictureFault.self) {
      try picture.sample(PictureOptions(shape: [3, 8, 8]))
    }
    #expect(fault?.message == "it has 20 x 14 pixels (width x height), but samples have 8 x 8")
  }

  @Test(arguments: [
    ("images.npy", nil), ("fortran.npy", nil), ("big-endian.npy", nil), ("stored.npz", "arr_0"),
    ("deflated.npz", "arr_0"),
  ]) func arraysAreThoseOfNumPy(file: String, array: String?) throws {
    let source = try open(
      RawArrayFile(
        .numpy, path: path(file), shape: [3, 4, 5], array: array, classes: 3,
        labelArray: array == nil ? nil : "arr_1", labelPath: array == nil ? path("labels.npy") : nil
      ))
    let expected = try Self.arrays.get()
    #expect(try values(source) == expected["values"])
    let labels = try #require(expected["labels"])
    if file == "deflated.npz" {
      let hot = labels.flatMap { label in (0..<3).map { Float($0) == Float(label) ? Float(1) : 0 } }
      #expect(source.labels == .vectors(hot, width: 3))
    } else {
      #expect(source.labels == .classes(labels.map { UInt32($0) }, count: 3))
    }
  }

  @Test func halfPrecision() throws {
    let source = try open(RawArrayFile(.numpy, path: path("half.npy"), shape: [3, 4, 5]))
    #expect(try values(source) == Self.arrays.get()["half"])
  }

  @Test func arraysThatAreRefused() throws {
    func message(_ file: String, shape: [Int] = [3, 4, 5], array: String? = nil) -> String {
      let failure = #expect(throws: Diagnostic.self) {
        try open(RawArrayFile(.numpy, path: path(file), shape: shape, array: array))
      }
      return failure?.rendered ?? ""
    }
    #expect(message("objects.npy").contains("Python objects, which are not read"))
    #expect(message("stored.npz").contains("has 2 arrays: 'arr_0', 'arr_1'"))
    #expect(message("stored.npz", array: "arr_2").contains("did you mean 'arr_"))
    #expect(
      message("images.npy", shape: [3, 5, 4]).contains("[3, 5, 4] in the spec, but [4, 5, 3]"))
    #expect(message("photo.json").contains("expected 93 4e 55 4d 50 59"))
    let empty = #expect(throws: Diagnostic.self) {
      try RawArray.layout(of: [0, 4], as: [4], "a.npy")
    }
    #expect(empty?.message == "there are no samples in 'a.npy', whose shape is [0, 4]")
    #expect(message("images.npy", array: "images").contains("is one array without a name"))
  }

  /// The hint names the key of labels, where the type has one.
  @Test func arraysOfLabelsAreChosenByTheirOwnKey() throws {
    func hint(_ definition: some DatasetDefinition) -> String? {
      (#expect(throws: Diagnostic.self) { try open(definition) })?.hint
    }
    let labels = path("stored.npz")
    #expect(
      hint(
        RawArrayFile(
          .numpy, path: path("images.npy"), shape: [3, 4, 5], classes: 3, labelPath: labels))
        == "say which one holds the labels: label_array: arr_0")
    #expect(
      hint(RawArrayFile(.numpy, path: labels, shape: [3, 4, 5]))
        == "say which one holds the samples: array: arr_0")
    #expect(
      hint(
        TFRecordFile(
          path: path("stylegan-r02.tfrecords"), shape: [3, 5, 4], classes: 3, labelPath: labels))
        == "write the one that is wanted into a file of its own")
  }

  /// Without their channel axis of length 1 volumes have three axes in a file, of which none is one of channels.
  @Test func volumesKeepTheirAxes() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<48).map { UInt8($0) }
    let file = try folder.write(NumpyFile.header(of: "|u1", [2, 2, 3, 4]) + bytes, "a.npy")
    let stored = try open(RawArrayFile(.numpy, path: file, shape: [1, 2, 3, 4]))
    #expect(try values(stored) == bytes.map { Double($0) })
    let array = RawArray(type: .uint8, shape: [2, 2, 3, 4], bytes: bytes, name: "a")
    let loaded = try array.samples(shape: [1, 2, 3, 4], labels: nil, classes: nil)
    #expect(loaded.values.doubles == bytes.map { Double($0) })
    for name in ["imgs", "floats"] {
      let (volumes, pictures) = (
        HDF5File(path: path("biggan.h5"), shape: [1, 3, 5, 4], array: name),
        HDF5File(path: path("biggan.h5"), shape: [3, 5, 4], array: name)
      )
      #expect(try values(open(volumes)) == values(open(pictures)))
    }
  }

  /// Two samples of any number of axes, the last of which is the one of channels.
  @Test(
    arguments: [
      ([2, 3], [0, 2, 4, 1, 3, 5]), ([2, 1, 1, 3], [0, 2, 4, 1, 3, 5]), ([6], [0, 1, 2, 3, 4, 5]),
    ] as [([Int], [Double])]
  ) func channelsOfRawFiles(shape: [Int], expected: [Double]) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write((0..<12).map { UInt8($0) }, "a.bin")
    let source = try open(RawBinary(path: file, shape: shape, channelsLast: true))
    #expect(try values(source) == expected + expected.map { $0 + 6 })
  }

  @Test func cifarRecords() throws {
    let pixels = (0..<3072).map { Double($0 % 251) } + (0..<3072).map { Double($0 % 241) }
    for (folder, classes, labels) in [
      ("cifar10", 10, [3, 9]), ("cifar100", 100, [7, 99]), ("cifar100", 20, [1, 19]),
    ] as [(String, Int, [UInt32])] {
      let source = try open(CIFAR(path: path(folder), split: "test", classes: classes))
      #expect(try values(source) == pixels)
      #expect(source.labels == .classes(labels, count: classes))
    }
    let failure = #expect(throws: Diagnostic.self) {
      try open(CIFAR(path: path("cifar10"), split: "train", classes: 10))
    }
    #expect(failure?.hint?.contains("cifar-10-binary.tar.gz") == true)
  }

  @Test func cifarRecordsOfFiveFiles() throws {
    let folder = try TemporaryFolder()
    let record = 3073
    for number in 1...5 {
      let labels = (0..<number).map { UInt8($0 + number) }
      let bytes = labels.flatMap { [$0] + [UInt8](repeating: 10 * UInt8(number) + $0, count: 3072) }
      try folder.write(bytes, "data_batch_\(number).bin")
    }
    let source = try open(CIFAR(path: folder.path, split: "train", classes: 10))
    #expect(source.count == 15 && !(source is any ContiguousSource))
    #expect(source.labels?.classes == [1, 2, 3, 3, 4, 5, 4, 5, 6, 7, 5, 6, 7, 8, 9])
    let firsts: [Double] = [11, 22, 23, 33, 34, 35, 44, 45, 46, 47, 55, 56, 57, 58, 59]
    #expect(try values(source) == firsts.flatMap { [Double](repeating: $0, count: 3072) })
    try folder.write([UInt8](repeating: 1, count: 2 * record), "data_batch_5.bin")
    let fault = #expect(throws: Diagnostic.self) { _ = try source.sample(12) }
    #expect(fault?.message.contains("is truncated") == true)
    #expect(throws: Never.self) { try source.sample(9) }
  }

  @Test func zipArchives() throws {
    let pixels = (0..<3).flatMap { i in
      [40 * i, 10, 255 - i].flatMap { [Double](repeating: Double($0), count: 16) }
    }
    for (file, classes, labels) in [
      ("stored.zip", 3, [2, 1, 0]), ("deflated.zip", 2, [0, 0, 1]),
    ] as [(String, Int, [UInt32])] {
      let source = try open(
        ImageFolder(
          path: path(file), options: PictureOptions(shape: [3, 4, 4]), classes: classes))
      #expect(try values(source) == pixels)
      #expect(source.labels == .classes(labels, count: classes))
    }
  }

  @Test func damagedZipArchives() throws {
    let folder = try TemporaryFolder()
    let whole = try fixture("formats/deflated.zip")
    var flipped = whole
    flipped[60] ^= 0x55
    for (bytes, expected) in [
      (flipped, "member"), (Array(whole.dropLast(10)), "no directory at its end"),
    ] {
      try folder.write(bytes, "a.zip")
      let failure = #expect(throws: Diagnostic.self) {
        try values(
          try open(
            ImageFolder(
              path: folder.file("a.zip"), options: PictureOptions(shape: [3, 4, 4]), classes: 2)))
      }
      #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
    }
  }
}
