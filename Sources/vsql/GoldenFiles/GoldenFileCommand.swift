internal import VSQL

/// `vsql test FILES…`: runs golden files, each in a new database, and says where they differ.
struct GoldenFileCommand {
  let files: [String]

  func run() -> ExitStatus {
    var failures = 0
    for path in files {
      do {
        let file = try GoldenFile(path: path, text: try Self.text(of: path))
        let found = try GoldenFileRunner(file: file).run()
        for failure in found { Standard.error.line("\(path):\(failure.line): \(failure.message)") }
        Standard.output.line("\(found.isEmpty ? "ok    " : "FAILED") \(path) (\(file.records.count) records)")
        failures += found.isEmpty ? 0 : 1
      } catch let error as GoldenFile.FormError {
        Standard.error.line("\(path):\(error.line): \(error.message)")
        failures += 1
      } catch {
        Standard.error.line("\(path): \(error)")
        failures += 1
      }
    }
    Standard.output.line("\(files.count - failures) of \(files.count) files passed")
    return failures == 0 ? .done : .failed
  }

  private static func text(of path: String) throws -> String {
    guard let bytes = ScratchFiles.contents(of: path) else {
      throw VSQLError(sqlState: "58P01", message: "cannot read \"\(path)\"", hint: nil)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw VSQLError(sqlState: "22021", message: "\"\(path)\" is not UTF-8", hint: nil)
    }
    return text
  }
}
