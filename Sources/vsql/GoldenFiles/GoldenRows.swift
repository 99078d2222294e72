internal import VSQL

/// An answer as golden files write it: a line a row, values parted by a tab, `NULL`, `t` and `f`, and
/// `(empty)` for an empty text.
struct GoldenRows {
  private let rows: [[String]]

  init(result: StatementResult) {
    rows = result.rows.map { row in
      row.values.map { value in
        switch value {
        case .null: "NULL"
        case .boolean(let flag): flag ? "t" : "f"
        case .text(""): "(empty)"
        case .text(let text): text.replacing("\n", with: "\\n")
        default: value.description
        }
      }
    }
  }

  /// The first difference; nil: none. White space between values counts as one tab, and a value a line is taken too.
  func difference(from query: GoldenFile.Query) -> (row: Int, message: String)? {
    let width = max(1, query.types.count)
    let isValueWise =
      width > 1 && query.expected.count == rows.count * width
      && query.expected.allSatisfy { !$0.contains("\t") }
    var found = isValueWise || query.sorting == .valuesort ? rows.flatMap { $0.map { [$0] } } : rows
    var expected = query.expected
    if query.sorting == .valuesort, !isValueWise { expected = expected.flatMap(Self.words) }
    if query.sorting != .nosort {
      found.sort { $0.lexicographicallyPrecedes($1) }
      expected.sort()
      found.sort { Self.normal($0.joined(separator: "\t")) < Self.normal($1.joined(separator: "\t")) }
      expected.sort { Self.normal($0) < Self.normal($1) }
    }
    for (index, row) in found.enumerated() {
      let text = row.joined(separator: "\t")
      guard index < expected.count else {
        return (
          expected.count, "\(expected.count) rows expected, \(found.count) found; the first too many: \(text)"
        )
      }
      if Self.normal(text) != Self.normal(expected[index]) {
        return (index, "expected: \(expected[index])\n   found: \(text)")
      }
    }
    return expected.count == found.count
      ? nil : (found.count, "\(expected.count) rows expected, \(found.count) found")
  }

  private static func words(_ line: String) -> [String] {
    line.split { $0 == "\t" || $0 == " " }.map(String.init)
  }

  private static func normal(_ line: String) -> String { words(line).joined(separator: " ") }
}
