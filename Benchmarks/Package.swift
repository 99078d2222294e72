// swift-tools-version: 6.2
import PackageDescription

/// Figures that are taken through the library, beside SQLite in the same process. Apart, so that nothing of it is needed to build vsql.
let package = Package(
  name: "vsql-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "vsql", path: "..")],
  targets: [
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .executableTarget(
      name: "Commits", dependencies: [.product(name: "VSQL", package: "vsql"), "CSQLite"],
      path: "Sources/Commits"),
    .executableTarget(
      name: "Life", dependencies: [.product(name: "VSQL", package: "vsql")], path: "Sources/Life"),
    .target(
      name: "BareCrypto", path: "Sources/BareCrypto", linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("zstd")]),
    .executableTarget(
      name: "Opening", dependencies: [.product(name: "VSQL", package: "vsql"), "BareCrypto"], path: "Sources/Opening"),
  ],
  swiftLanguageModes: [.v6])
