import FoundationEssentials
import Testing
import VSQLDiagnostics
import VSQLLexer

/// The accepted statements of `Grammar/examples/*.sql`, cut by the splitter.
enum Corpus {
  static let files = ["queries", "definition", "changes", "session", "trust"]

  static func statements() throws -> [String] {
    try files.flatMap { name in
      var splitter = StatementSplitter()
      splitter.feed(try text(of: "Grammar/examples/\(name).sql"))
      var statements: [String] = []
      while let piece = try splitter.next() { statements.append(piece.text) }
      #expect(try splitter.finish() == nil)
      return statements
    }
  }

  /// A file of the package.
  static func text(of path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
  }
}
