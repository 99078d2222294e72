import Foundation
import Testing

/// Every golden file passes.
@Suite struct StoryTests {
  static let stories: [String] = {
    let folder = Tool.root.appending(path: "Tests/Stories")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".slt") }.sorted()
  }()

  @Test func thereAreStories() { #expect(Self.stories.count >= 10) }

  @Test(arguments: stories)
  func passes(story: String) throws {
    let answer = try Tool.run(["test", "Tests/Stories/\(story)"])
    #expect(answer.status == 0, "\(answer.error)\(answer.output)")
  }

  /// Each kind of record runs in the session that it names.
  @Test func recordsNameTheirConnection() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "connections.slt")
    try """
    statement ok
    CREATE TABLE t (a INTEGER)

    statement ok one
    BEGIN

    connection one
    statement error 22012
    SELECT 1/0

    # `one` is in a failed transaction, the nameless session is not.
    statement error one
    SELECT 1
    ----
    25P02

    connection one
    statement error 25P02
    SELECT 1

    statement error 22012
    SELECT 1/0

    connection one
    statement ok
    ROLLBACK

    connection two
    statement count 1
    INSERT INTO t VALUES (1)

    query I nosort one
    SELECT a FROM t
    ----
    1

    statement error (
    SELECT (
    """.write(to: file, atomically: true, encoding: .utf8)
    let answer = try Tool.run(["test", file.path])
    #expect(answer.status == 0, "\(answer.error)")
    try """
    connection one
    statement ok
    BEGIN

    connection one
    statement ok
    CREATE TABLE x (a INTEGER)

    statement ok
    SELECT a FROM x
    """.write(to: file, atomically: true, encoding: .utf8)
    let other = try Tool.run(["test", file.path, scratch.url.appending(path: "absent.slt").path])
    #expect(other.status == 1)
    #expect(other.error.contains("connections.slt:9: unexpected error[42P01]"))
    #expect(other.error.contains("absent.slt: error[58P01]"))
    #expect(other.output.hasSuffix("0 of 2 files passed\n"))
  }

  @Test func aWrongAnswerIsNoticed() throws {
    let scratch = try Scratch()
    let file = scratch.url.appending(path: "wrong.slt")
    try "query I\nSELECT 1\n----\n2\n\nstatement ok\nSELECT 1/0\n\nstatement error 42P01\nSELECT 1\n".write(
      to: file, atomically: true, encoding: .utf8)
    let answer = try Tool.run(["test", file.path])
    #expect(answer.status == 1)
    #expect(answer.error.contains("wrong.slt:4: expected: 2"))
    #expect(answer.error.contains("22012"))
    #expect(answer.error.contains("an error (42P01) expected"))
  }
}
