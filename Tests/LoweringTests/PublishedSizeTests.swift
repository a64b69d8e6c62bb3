import Diagnostics
import Foundation
import Lowering
import Modules
import Spec
import TensorIR
import TestSupport
import Testing

/// Networks that ship have as many parameters as the papers' own code, trainable tensors alone.
///
/// The figures are sums over those classes, or what their logs print; those of the sizes for two cores are PyTorch's,
/// of the modules in Tests/Parity.
@Suite struct PublishedSizeTests {
  /// Parameters by network.
  static let published: [String: [String: Int]] = [
    "cyclegan/cyclegan32": ["G": 494_083, "F": 494_083, "DA": 167_649, "DB": 167_649],
    "cyclegan/cyclegan256": [
      "G": 11_378_179, "F": 11_378_179, "DA": 2_764_737, "DB": 2_764_737,
    ],
    "dcgan/dcgan28": ["G": 1_781_504, "D": 138_624],
    "dcgan/dcgan32": ["G": 1_068_928, "D": 663_296],
    "dcgan/dcgan64": ["G": 3_576_704, "D": 2_765_568],
    "fastgan/fastgan64": ["G": 28_211_076, "D": 2_195_168, "R": 849_888, "T": 554_976],
    "flow/realnvp": couplings, "flow/flow-gan": couplings.merging(["D": 17_025]) { $1 },
    "infogan/infogan28": ["G": 6_652_481, "D": 6_692_173],
    "pix2pix/pix2pix32": ["G": 4_168_003, "D": 169_377],
    "pix2pix/pix2pix256": ["G": 54_413_955, "D": 2_768_705],
    "r3gan/r3gan28": ["G": 217_728, "D": 213_696],
    "r3gan/r3gan32": ["G": 20_732_160, "D": 20_683_776],
    "r3gan/r3gan64": ["G": 22_429_824, "D": 22_381_440],
    "resnet/acgan28": ["G": 566_401, "D": 190_283],
    "resnet/acgan32": ["G": 1_218_307, "D": 1_055_115],
    "resnet/autogan32": ["G": 4_405_251, "D": 1_053_824],
    "resnet/biggan28": ["G": 370_818, "D": 195_394],
    "resnet/biggan32": ["G": 4_304_387, "D": 4_207_361],
    "resnet/biggan128": ["G": 70_433_988, "D": 87_982_370],
    // Chainer's score has no bias, the others' has one.
    "resnet/projection32": ["G": 4_304_387, "D": 1_055_104 + 1],
    "resnet/sagan28": ["G": 566_914, "D": 194_754],
    "resnet/sagan32": ["G": 4_386_308, "D": 1_075_586],
    "resnet/sagan128": ["G": 42_078_852, "D": 39_463_618],
    "resnet/sngan28": ["G": 561_793, "D": 189_633],
    "resnet/sngan32": ["G": 4_276_739, "D": 1_053_824],
    "resnet/sngan48": ["G": 4_878_083, "D": 10_141_441],
    "resnet/sngan64": ["G": 12_220_675, "D": 10_141_441],
    "resnet/sngan128": ["G": 32_150_787, "D": 29_017_857],
    "resnet/wgan-gp32": ["G": 1_204_483, "D": 1_053_825],
    "sndcgan/sndcgan28": ["G": 973_505, "D": 180_961],
    "sndcgan/sndcgan32": ["G": 3_812_355, "D": 2_935_873],
    "stylegan2/stylegan2-28": ["M": 16_640, "S": 95_640, "D": 275_633],
    // M has 2,101,248 of the published 21,523,475, 27,032,600 and 30,034,338.
    "stylegan2/stylegan2-32": ["M": 2_101_248, "S": 19_422_227, "D": 21_507_073],
    "stylegan2/stylegan2-64": ["M": 2_101_248, "S": 24_931_352, "D": 26_488_833],
    "stylegan2/stylegan2-256": ["M": 2_101_248, "S": 27_933_090, "D": 28_864_129],
    "stylegan2/stylegan2-ada28": ["M": 16_640, "S": 95_640, "D": 275_633],
    // M has 525,312 of the published 19,947,539.
    "stylegan2/stylegan2-ada32": ["M": 525_312, "S": 19_422_227, "D": 20_720_641],
    "vae/vae28": ["E": 852_896, "G": 847_713],
    "wavegan/wavegan": ["G": 19_065_345, "D": 17_427_969],
    "wavegan/wavegan4096": ["G": 476_161, "D": 271_489],
    "wgan-gp/wgan-gp28": ["G": 1_554_177, "D": 1_030_145],
  ]

  /// Eight of 1-64-64-1 twice, and a factor.
  private static let couplings = Dictionary(
    uniqueKeysWithValues: (1...8).map { ("C\($0)", 8_707) })

  /// Every spec of the folders of published networks.
  static var specs: [String] {
    let folders = Set(published.keys.map { $0.prefix { $0 != "/" } })
    return ShippedSpecFiles.all.filter { folders.contains($0.prefix { $0 != "/" }) }
      .map { String($0.dropLast(5)) }
  }

  /// Nothing would ask for the figures of a spec that is gone.
  @Test func everyFigureHasItsSpec() {
    let missing = Set(Self.published.keys).subtracting(Self.specs)
    #expect(missing.isEmpty, "\(missing)")
  }

  @Test(arguments: specs)
  func parameters(_ name: String) throws {
    let path = ShippedSpecFiles.repository.appending(path: "specs/\(name).yaml").path
    let environment = ["CIFAR10": "/cifar", "IMAGES": "/photos"]
    let result = SpecLoader(environment: environment).load(path: path)
    let experiment = try #require(result.experiment, "\(result.diagnostics.rendered)")
    var counts: [String: Int] = [:]
    for variable in lower(experiment).variables {
      guard case .parameter(let network) = variable.role else { continue }
      counts[network, default: 0] += variable.shape.count
    }
    #expect(counts == (try #require(Self.published[name], "which figures are \(name)'s?")))
  }
}
