import Foundation
import Testing

/// `swift format lint`, strictly, over all sources. Toolchains without it skip this.
@Suite struct LintTests {
  @Test(.enabled(if: LintTests.formatter != nil, "this toolchain has no swift-format"))
  func everySourceIsFormatted() throws {
    let process = Process()
    process.executableURL = try #require(Self.formatter)
    process.currentDirectoryURL = SourceTree.root
    process.arguments = [
      "lint", "--recursive", "--strict", "--parallel", "Package.swift", "Sources", "Tests",
    ]
    let output = Pipe()
    process.standardError = output
    try process.run()
    let found = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && found.isEmpty, "make format mends most of it:\n\(found)")
  }

  /// `swift-format` of the toolchain that is in use.
  static let formatter: URL? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { URL(filePath: String($0)).appending(path: "swift-format") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()
}
