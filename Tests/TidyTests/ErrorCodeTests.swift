import Foundation
import Testing

/// `docs/errors.md` tells every SQLSTATE that can be raised, and no other.
@Suite struct ErrorCodeTests {
  @Test func thePageTellsEveryCode() throws {
    let states = try String(
      contentsOf: SourceTree.root.appending(path: "Sources/Diagnostics/SQLState.swift"), encoding: .utf8)
    let raised = Set(states.matches(of: /SQLState\("([0-9A-Z]{5})"\)/).map { String($0.1) })
    let page = try String(contentsOf: SourceTree.root.appending(path: "docs/errors.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
    let told = Set(
      rows.flatMap { row in row.split(separator: "|")[0].matches(of: /[0-9A-Z]{5}/).map { String($0.0) } })
    #expect(raised.count > 30)
    #expect(raised == told, "differ: \(raised.symmetricDifference(told).sorted())")
  }
}
