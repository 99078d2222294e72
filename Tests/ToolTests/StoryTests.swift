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
