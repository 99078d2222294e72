import Foundation
import Testing

/// What the house style holds of every source.
@Suite struct FormTests {
  @Test func noFileOutgrowsItsTopic() throws {
    for file in try SourceTree.files(below: "Sources", endings: [".swift", ".c", ".h"]) {
      #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test func publicAppearsInDatabaseOnly() throws {
    for file in try SourceTree.files(below: "Sources", endings: [".swift"]) where file.room != "Database" {
      for (number, line) in file.lines.enumerated()
      where code(line).contains(
        /\b(public|open) (final |static |struct|class|enum|func|var|let|init|extension|protocol)/)
      {
        Issue.record("\(file.path):\(number + 1): public outside Database")
      }
    }
  }

  @Test func nothingTrapsOnInput() throws {
    for file in try SourceTree.files(below: "Sources", endings: [".swift"]) {
      for (number, line) in file.lines.enumerated()
      where code(line).contains(/fatalError\(|\btry!|\bas!|unsafelyUnwrapped|@testable/) {
        Issue.record("\(file.path):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
  }

  @Test func theLibraryImportsNoFoundation() throws {
    for file in try SourceTree.files(below: "Sources", endings: [".swift"]) {
      #expect(!file.text.contains(/import Foundation\n/), "\(file.path) imports Foundation")
    }
  }

  @Test func mainDoesNothingElse() throws {
    let main = try #require(
      try SourceTree.files(below: "Sources/vsql", endings: ["/main.swift", "main.swift"]).first)
    #expect(main.text.trimmingCharacters(in: .whitespacesAndNewlines) == "runAndExit()")
  }

  @Test func onlyTheToolNamesReadline() throws {
    for file in try SourceTree.files(below: "Sources", endings: [".swift"])
    where file.room != "vsql" && file.room != "CReadline" {
      #expect(!file.text.contains("CReadline"), "\(file.path) names readline")
    }
  }

  /// A line without what follows `//`.
  private func code(_ line: Substring) -> Substring {
    line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
  }
}
