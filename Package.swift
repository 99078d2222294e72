// swift-tools-version: 6.2
import PackageDescription

/// Every Swift room: warnings where an unsafe construct is not marked `unsafe`.
let swiftRoom: [SwiftSetting] = [.strictMemorySafety()]

let package = Package(
  name: "vsql",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "VSQL", targets: ["VSQL"]),
    .executable(name: "vsql", targets: ["VSQLTool"]),
  ],
  targets: [
    // C, confined to rooms that say so.
    .systemLibrary(
      name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CReadline", path: "Sources/CReadline",
      providers: [.apt(["libreadline-dev"]), .brew(["readline"])]),
    .target(name: "Kernels", path: "Sources/Kernels"),

    // The rooms, each arrow as ARCHITECTURE.md's table has it.
    .target(name: "VSQLDiagnostics", path: "Sources/Diagnostics", swiftSettings: swiftRoom),
    .target(
      name: "VSQLSchema", dependencies: ["VSQLDiagnostics"], path: "Sources/Schema",
      swiftSettings: swiftRoom),
    .target(
      name: "VSQLLexer", dependencies: ["VSQLDiagnostics"], path: "Sources/Lexer",
      swiftSettings: swiftRoom),
    .target(
      name: "VSQLParser", dependencies: ["VSQLLexer", "VSQLDiagnostics"], path: "Sources/Parser",
      swiftSettings: swiftRoom),
    .target(
      name: "VSQLTrust", dependencies: ["VSQLSchema", "VSQLDiagnostics", "COpenSSL"],
      path: "Sources/Trust", swiftSettings: swiftRoom),
    .target(
      name: "VSQLPlanner",
      dependencies: ["VSQLParser", "VSQLSchema", "VSQLTrust", "VSQLDiagnostics"],
      path: "Sources/Planner", swiftSettings: swiftRoom),
    .target(
      name: "VSQLStorage",
      dependencies: [
        "VSQLSchema", "VSQLTrust", "VSQLDiagnostics", "CZstd", "COpenSSL", "Kernels",
      ],
      path: "Sources/Storage", swiftSettings: swiftRoom),
    .target(
      name: "VSQLExecutor",
      dependencies: [
        "VSQLPlanner", "VSQLStorage", "VSQLSchema", "VSQLTrust", "VSQLDiagnostics", "Kernels",
      ],
      path: "Sources/Executor", swiftSettings: swiftRoom),
    .target(
      name: "VSQL",
      dependencies: [
        "VSQLLexer", "VSQLParser", "VSQLPlanner", "VSQLExecutor", "VSQLStorage", "VSQLSchema",
        "VSQLTrust", "VSQLDiagnostics",
      ],
      path: "Sources/Database", swiftSettings: swiftRoom),
    .executableTarget(
      name: "VSQLTool", dependencies: ["VSQL", "CReadline"], path: "Sources/vsql",
      swiftSettings: swiftRoom),

    // Tests, one room each.
    .testTarget(name: "DiagnosticsTests", dependencies: ["VSQLDiagnostics"]),
    .testTarget(name: "SchemaTests", dependencies: ["VSQLSchema", "VSQLDiagnostics"]),
    .testTarget(name: "LexerTests", dependencies: ["VSQLLexer", "VSQLDiagnostics"]),
    .testTarget(name: "ParserTests", dependencies: ["VSQLParser", "VSQLLexer", "VSQLDiagnostics"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
    .testTarget(name: "TrustTests", dependencies: ["VSQLTrust"]),
    .testTarget(
      name: "PlannerTests",
      dependencies: ["VSQLPlanner", "VSQLParser", "VSQLSchema", "VSQLDiagnostics"]),
    .testTarget(
      name: "StorageTests",
      dependencies: ["VSQLStorage", "VSQLSchema", "VSQLTrust", "VSQLDiagnostics"]),
    .testTarget(
      name: "ExecutorTests",
      dependencies: [
        "VSQLExecutor", "VSQLPlanner", "VSQLParser", "VSQLStorage", "VSQLSchema", "VSQLTrust",
        "VSQLDiagnostics",
      ]),
    .testTarget(name: "DatabaseTests", dependencies: ["VSQL", "VSQLStorage"]),
    .testTarget(name: "TidyTests"),
    .testTarget(name: "ToolTests", dependencies: ["VSQL", "VSQLTool"]),
  ],
  swiftLanguageModes: [.v6]
)
