import Foundation
import Testing
import VSQL

/// The Swift of `docs/library.md` and `README.md`, compiled and run. What stands between `// begin` and `// end` is the page's block, but
/// for `folder`, so that nothing is written into the checkout.
@Suite struct DocumentedExamples {
  @Test func libraryPage() throws {
    try inFolder { folder in
      // begin
      let database = try Database.open("\(folder)/shop.vsql", key: .file("\(folder)/shop.key"))
      let session = try database.ownerSession()
      try session.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, patient TEXT ENTITY patient, v VECTOR(3))")
      try session.execute("INSERT INTO notes VALUES ($1, $2, $3)", [1, "p-17", .vector([1, 0, 0])])
      let insert = try session.prepare("INSERT INTO notes VALUES (:id, :who, :v)")
      for id in 2...4 {
        try insert.execute(["id": .integer(Int64(id)), "who": "p-18", "v": .vector([0, Float(id), 0])])
      }
      for row in try session.query(
        "SELECT id FROM notes ORDER BY v <-> :q LIMIT 5", ["q": .vector([1, 0, 0])])
      {
        print(try row.value("id", as: Int.self))
      }
      try session.execute("ERASE ENTITY :who TYPE patient", ["who": "p-17"])
      try database.close()
      // end
    }
    try expectShown(block: 0, on: "docs/library.md")
  }

  @Test func readme() throws {
    try inFolder { folder in
      let made = try Database.open("\(folder)/shop.vsql", key: .file("\(folder)/shop.key"))
      let maker = try made.ownerSession()
      try maker.execute("CREATE TABLE notes (body TEXT, embedding VECTOR(3))")
      try maker.execute("INSERT INTO notes VALUES ('cough', [1, 0, 0])")
      try made.close()
      // begin
      let database = try Database.open("\(folder)/shop.vsql", key: .file("\(folder)/shop.key"))
      let session = try database.ownerSession()
      for row in try session.query(
        "SELECT body, distance FROM notes EXACT NEAREST 5 BY DISTANCE l2_distance(embedding, :q)",
        ["q": .vector([0.9, 0, 0])])
      {
        print(try row.value("body", as: String.self), try row.value("distance", as: Double.self))
      }
      // end
    }
    try expectShown(block: 1, on: "README.md")
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vsql-examples-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// The block of this file stands on the page, but for spaces.
  private func expectShown(block number: Int, on page: String) throws {
    let here = URL(filePath: #filePath)
    let source = try String(contentsOf: here, encoding: .utf8)
    let blocks = source.matches(of: /\n *\/\/ begin\n((?s).*?)\n *\/\/ end\n/).map { String($0.1) }
    let block = try #require(blocks.count == 2 ? blocks[number] : nil).replacing("\\(folder)/", with: "")
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
      // The README's session before it uses the standard key, which a test must not make.
      .replacing(
        "Database.open(\"shop.vsql\")", with: "Database.open(\"shop.vsql\", key: .file(\"shop.key\"))")
    // Lines are broken elsewhere than on the page.
    let isShown = text.filter { !$0.isWhitespace }.contains(block.filter { !$0.isWhitespace })
    #expect(isShown, "\(page) shows something else than what is run:\n\(block)")
  }
}
