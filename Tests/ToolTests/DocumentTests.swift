import Foundation
import Testing

/// What the documents show is what happens: each `sql` block of a page is run, in order and in one database, and a `text` block that
/// follows it is its answer.
@Suite struct DocumentTests {
  static let pages = [
    "docs/sql.md", "docs/nearest.md", "docs/trust.md", "docs/copy.md", "docs/explain.md", "docs/errors.md",
    "docs/memory.md",
  ]

  @Test(arguments: pages)
  func showsWhatHappens(page: String) throws {
    let text = try String(contentsOf: Tool.root.appending(path: page), encoding: .utf8)
    let scratch = try Scratch()
    let examples = DocumentExample.all(in: text)
    #expect(!examples.isEmpty)
    for example in examples {
      let answer = try Tool.run(
        scratch.database() + ["--mode", "box", "--keep-going"], input: example.sql)
      guard let expected = example.answer else {
        #expect(answer.status == 0, "\(page):\(example.line): \(answer.error)")
        continue
      }
      let found = (answer.output + answer.error).trimmingCharacters(in: .newlines)
      #expect(masked(found) == masked(expected), "\(page):\(example.line)")
    }
  }

  /// A page with statements is among those above.
  @Test func noPageIsLeftOut() throws {
    let folder = Tool.root.appending(path: "docs")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    for name in names.sorted() where name.hasSuffix(".md") {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(!text.contains("```sql") || Self.pages.contains("docs/\(name)"), "docs/\(name) is not run")
    }
  }

  /// The README's session, line by line, as it is copied into a shell.
  @Test func theSessionOfTheREADMERuns() throws {
    let text = try String(contentsOf: Tool.root.appending(path: "README.md"), encoding: .utf8)
    let blocks = text.matches(of: /```sh\n((?s).*?)```/).map { String($0.1) }
    let session = try #require(blocks.first { $0.contains("vsql=") })
    #expect(session.contains("vsql=.build/release/vsql\n"))
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.currentDirectoryURL = scratch.url
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": scratch.url.path]
    process.arguments = ["-ec", session.replacing(".build/release/vsql", with: "'\(Tool.path)'")]
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let shown = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(shown)")
    #expect(shown.contains("body,distance\ncough,"))
    #expect(shown.contains(",true,"), "the chain holds: \(shown)")
  }

  /// The golden file that the page shows passes.
  @Test func theGoldenFileOfItsPagePasses() throws {
    let text = try String(contentsOf: Tool.root.appending(path: "docs/golden-files.md"), encoding: .utf8)
    let block = try #require(text.firstMatch(of: /\n```\n((?s).*?)```/)?.1)
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "page.slt")
    try String(block).write(to: file, atomically: true, encoding: .utf8)
    let answer = try Tool.run(["test", file.path])
    #expect(answer.status == 0 && answer.output.contains("(6 records)"), "\(answer.output)\(answer.error)")
  }

  /// Times and random ids differ from run to run.
  private func masked(_ text: String) -> String {
    text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<id>")
      .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?/, with: "<time>")
      .replacing(/\b[0-9a-f]{64}\b/, with: "<hash>")
      .replacing(/cost=[0-9.]+/, with: "cost=…")
      .replacing(/─+/, with: "─").replacing(/[ ]+/, with: " ")
  }
}

private struct DocumentExample {
  let sql: String
  let answer: String?
  let line: Int

  static func all(in text: String) -> [DocumentExample] {
    var examples: [DocumentExample] = []
    var fence: (language: String, line: Int, lines: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let open = fence {
        guard line == "```" else {
          fence?.lines.append(line)
          continue
        }
        let body = open.lines.joined(separator: "\n")
        if open.language == "sql" {
          examples.append(DocumentExample(sql: body, answer: nil, line: open.line))
        } else if open.language == "text", let last = examples.popLast() {
          examples.append(DocumentExample(sql: last.sql, answer: body, line: last.line))
        }
        fence = nil
      } else if line.hasPrefix("```") {
        fence = (String(line.dropFirst(3)), index + 1, [])
      }
    }
    return examples
  }
}
