// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors, `any` is written out, and an import is needed where a member is used.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Tests run against the optimised build that users get, so its internal names stay visible to them.
let testable = strict + [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]

/// Float contraction is spelled out so that every build of one machine rounds alike.
let kernelFlags: [CSetting] = [
  .unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=off"])
]

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
  settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: testable + settings
  )
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

/// The commit that `--version` names; packages are built with it, and a build of one's own is without.
let commit = Context.environment["ADVAS_COMMIT"]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

// In the order in which data flows: a target imports only those above it, and depends on all that it
// imports, since what is not named is not built again when it changes.
let package = Package(
  name: "advas",
  products: [
    .executable(name: "advas-run", targets: ["advas-run"]),
    .executable(name: "advas-graph", targets: ["advas-graph"]),
  ],
  traits: [
    .trait(name: "OneDNN", description: "Convolutions through oneDNN; without it, OpenBLAS."),
    .trait(name: "MPI", description: "Training by several processes that speak by MPI."),
    .default(enabledTraits: ["OneDNN"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    // MPICH where ADVAS_MPI=mpich is set; either is looked at only by builds with the trait.
    .systemLibrary(
      name: "CMPIHeaders", pkgConfig: Context.environment["ADVAS_MPI"] ?? "ompi-c",
      providers: [.apt(["libopenmpi-dev"])]),
    // The header of XLA's plugins, which are opened at run time.
    .systemLibrary(name: "CPJRT"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "COneDNN",
      cSettings: kernelFlags + [.define("ADVAS_ONEDNN", .when(traits: ["OneDNN"]))],
      linkerSettings: [.linkedLibrary("dnnl", .when(traits: ["OneDNN"]))]),
    .target(
      name: "CMPI",
      dependencies: [.target(name: "CMPIHeaders", condition: .when(traits: ["MPI"]))],
      cSettings: [.define("ADVAS_MPI", .when(traits: ["MPI"]))]),
    .target(name: "CKernels", cSettings: kernelFlags),
    .target(name: "CBuild", cSettings: commit.map { [.define("ADVAS_COMMIT", to: $0)] } ?? []),

    library("Diagnostics"),
    library("JSON", ["Diagnostics"]),
    library("Console", ["Diagnostics", "JSON"]),
    library("Random", ["CKernels"]),
    library("Threads", ["Diagnostics", "CKernels"]),
    library("Syntax", ["Diagnostics", "CYAML"]),
    library(
      "Metrics", ["Diagnostics", "Syntax", "Random", "Threads", "CKernels", "COpenBLAS"]),
    library("TensorIR", ["Diagnostics"]),
    library("Functions", ["TensorIR"]),
    library("Layers", ["Diagnostics", "Syntax", "TensorIR"]),
    library("Optimizers", ["Syntax", "TensorIR"]),
    library(
      "Data",
      [
        "Diagnostics", "JSON", "Console", "Syntax", "Random", "Threads", "CZlib", "CPNG", "CSPNG",
        "CTurboJPEG", "CWebP",
        "CHDF5",
      ]),
    library(
      "Spec",
      [
        "Diagnostics", "JSON", "TensorIR", "Syntax", "Functions", "Layers", "Optimizers", "Data",
        "Metrics",
      ],
      resources: [.embedInCode("Prelude")]),
    library("Modules", ["Diagnostics", "TensorIR", "Optimizers"]),
    library("Drafting", ["Diagnostics", "Syntax", "Data", "Spec"]),
    library("Autodiff", ["TensorIR"]),
    library(
      "Lowering",
      ["Syntax", "Spec", "Functions", "Layers", "Optimizers", "Modules", "TensorIR", "Autodiff"]),
    library("Passes", ["Diagnostics", "Console", "TensorIR", "Autodiff"]),
    library("Planning", ["Diagnostics", "TensorIR"]),
    library(
      "Execution",
      ["Diagnostics", "TensorIR", "Planning", "Threads", "CKernels", "COpenBLAS", "COneDNN"],
      resources: [.embedInCode("Tables/convolutions.table"), .embedInCode("Tables/costs.table")]),
    library("Export", ["Diagnostics", "Data", "TensorIR", "Modules", "Execution"]),
    library(
      "Compilation",
      [
        "Diagnostics", "JSON", "Syntax", "TensorIR", "Spec", "Planning", "Console", "Modules",
        "Lowering", "Optimizers", "Passes", "Execution", "Random", "Threads", "Data",
        "CBuild",
      ]),
    library(
      "Training",
      [
        "Diagnostics", "JSON", "Syntax", "TensorIR", "Spec", "Modules", "Optimizers", "Passes",
        "Planning", "Lowering", "Export",
        "Compilation", "Console", "Execution", "Random", "Threads", "Data", "Metrics",
      ]),
    library(
      "PJRT",
      ["Diagnostics", "Console", "TensorIR", "Planning", "Execution", "Export", "CPJRT"]),
    library("Ranks", ["Diagnostics", "Console", "Execution", "CMPI"]),
    library(
      "Inspection",
      [
        "Diagnostics", "JSON", "TensorIR", "Random", "Data", "Spec", "Modules", "Optimizers",
        "Passes", "Planning", "Execution", "Training", "Compilation", "Console", "Metrics",
      ]),
    library("Pages", resources: [.embedInCode("Assets")]),
    library("HTTP", ["Diagnostics"]),
    library(
      "Explorer",
      [
        "Diagnostics", "JSON", "TensorIR", "Modules", "Passes", "Planning", "Execution",
        "Compilation", "Console", "Pages",
      ],
      resources: [.embedInCode("Page/Assets")]),
    library(
      "Report",
      [
        "Diagnostics", "JSON", "Syntax", "Data", "Metrics", "Training", "Console", "Pages", "HTTP",
      ],
      resources: [.embedInCode("Page/Assets")]),
    library(
      "LanguageServer",
      ["Diagnostics", "JSON", "Console", "Syntax", "Layers", "Spec", "Lowering"]),
    library("CommandEntry", ["Diagnostics", "Console", argumentParser]),
    .executableTarget(
      name: "advas-run",
      dependencies: [
        "CommandEntry", "Report", "HTTP", "Inspection", "Training", "Compilation", "Console",
        "JSON", "Execution",
        "Syntax", "Spec", "Drafting", "Data", "Diagnostics", "LanguageServer", "Ranks", "PJRT",
        argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "advas-graph",
      dependencies: [
        "CommandEntry", "Explorer", "Export", "Inspection", "Compilation", "Console",
        "Diagnostics", "Passes", "TensorIR",
        argumentParser,
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["TensorIR", "Autodiff", "Execution"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("TensorIR", ["Diagnostics", "TensorIR", "TestSupport"]),
    tests("Autodiff", ["TensorIR", "Autodiff", "Execution", "TestSupport"]),
    tests(
      "Layers",
      [
        "Diagnostics", "TensorIR", "Autodiff", "Layers", "Lowering", "Modules", "Spec", "Syntax",
        "Planning", "Execution", "TestSupport",
      ],
      exclude: [
        "Records", "record.py", "sample.py", "samples.py", "samples_fir.py", "torch_layers.py",
        "torch_norms.py",
      ]),
    tests(
      "Optimizers", ["Optimizers", "Spec", "Syntax", "Diagnostics", "Execution", "TensorIR"],
      exclude: ["Records", "record.py", "samples.py"]),
    tests(
      "Lowering",
      [
        "Diagnostics", "TensorIR", "Spec", "Lowering", "Layers", "Modules", "Optimizers",
        "Execution", "TestSupport",
      ]),
    tests(
      "Export", ["TensorIR", "Data", "Export", "Execution", "Passes", "TestSupport"],
      exclude: ["run_module.py", "run_onnx.py"]),
    tests(
      "Execution",
      ["Diagnostics", "Execution", "Planning", "TensorIR", "CKernels", "TestSupport"]),
    tests("Syntax", ["Syntax", "Diagnostics"]),
    tests(
      "Spec",
      [
        "Spec", "Functions", "Layers", "Optimizers", "Metrics", "Syntax", "Diagnostics", "Data",
        "TensorIR", "TestSupport",
      ],
      resources: [.copy("Cases")]),
    tests("Drafting", ["Drafting", "Diagnostics", "Spec"]),
    tests("Random", ["Random", "CKernels"]),
    .target(
      name: "DataSupport", dependencies: ["Data", "Diagnostics", "Random", "CZlib"],
      path: "Tests/DataSupport", swiftSettings: strict),
    .executableTarget(
      name: "data-fuzz", dependencies: ["DataSupport"], path: "Tests/data-fuzz",
      swiftSettings: strict),
    tests(
      "Data", ["Data", "Syntax", "Diagnostics", "Random", "DataSupport", "TestSupport"],
      resources: [.copy("Files")]),
    tests(
      "Passes",
      [
        "Diagnostics", "TensorIR", "Spec", "Passes", "Lowering", "Modules", "Execution",
        "TestSupport",
      ],
      resources: [.copy("Cases")]),
    tests(
      "Planning",
      [
        "Diagnostics", "TensorIR", "Spec", "Planning", "Passes", "Lowering", "Modules",
        "Execution", "TestSupport",
      ]),
    tests(
      "Metrics", ["Metrics", "Syntax", "Diagnostics", "Random"], resources: [.copy("Vectors")]),
    tests("Report", ["Diagnostics", "Report", "Training"]),
    tests("Pages", ["Pages"]),
    tests("HTTP", ["HTTP", "Diagnostics", "TestSupport"]),
    tests(
      "Explorer",
      [
        "Explorer", "Compilation", "Console", "Execution", "Planning",
        "TensorIR",
      ]),
    .target(
      name: "GameSupport", dependencies: ["Compilation", "Execution", "Spec", "Diagnostics"],
      path: "Tests/GameSupport", swiftSettings: strict),
    tests("JSON", ["JSON"]),
    tests("Console", ["Console", "JSON"]),
    tests(
      "Compilation",
      [
        "TensorIR", "Compilation", "Execution", "Lowering", "Modules", "Passes", "Spec",
        "Diagnostics", "TestSupport",
      ], resources: [.copy("Cases")]),
    tests(
      "Training",
      [
        "Diagnostics", "JSON", "TensorIR", "Passes", "Planning", "Compilation", "Console",
        "Training", "Inspection", "Data", "Execution", "Lowering", "Metrics", "Modules",
        "Optimizers", "Random", "Spec",
        "GameSupport",
      ]),
    tests(
      "Inspection",
      [
        "Data", "Diagnostics", "TensorIR", "Console", "Inspection", "Training", "Compilation",
        "Execution", "Lowering", "Modules", "Random", "Spec", "GameSupport", "TestSupport",
      ]
    ),
    tests(
      "CommandLine",
      ["Data", "Diagnostics", "JSON", "Spec", "advas-run", "advas-graph", "TestSupport"],
      resources: [.copy("Cases")]),
  ]
)
