import Foundation

/// The built tool, run as a user runs it.
enum Tool {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// `vsql`, beside the running test bundle.
  static let path: String = {
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let beside = bundle.appending(path: "vsql").path
    return FileManager.default.isExecutableFile(atPath: beside)
      ? beside : root.appending(path: ".build/debug/vsql").path
  }()

  struct Answer {
    let status: Int32
    let output: String
    let error: String
  }

  /// Runs the tool with `arguments` from the checkout's root, `input` on its standard input.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String]? = nil, directory: URL = root
  ) throws -> Answer {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = directory
    if let environment { process.environment = environment }
    // Files, not pipes: neither side can block on a full pipe.
    let scratch = try Scratch()
    let files = ["in", "out", "err"].map { scratch.url.appending(path: $0) }
    try Data(input.utf8).write(to: files[0])
    for file in files.dropFirst() { FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    return Answer(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOf: files[1], encoding: .utf8),
      error: try String(contentsOf: files[2], encoding: .utf8))
  }
}

/// A directory that goes with its last reference.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "vsql-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Arguments that open the database `name` here with a key file beside it.
  func database(_ name: String = "test") -> [String] {
    [url.appending(path: "\(name).vsql").path, "--key-file", url.appending(path: "\(name).key").path]
  }
}
