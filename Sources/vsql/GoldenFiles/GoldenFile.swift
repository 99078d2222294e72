/// A golden file in sqllogictest's form, read into its records.
struct GoldenFile {
  let path: String
  let records: [Record]

  struct Record {
    let line: Int
    let kind: Kind

    enum Kind {
      /// `statement ok`, `statement count N`, `statement error [regex]`.
      case statement(sql: String, connection: String, expectation: Expectation)
      case query(Query)
      /// Closes the database and opens it again.
      case restart
      case halt
    }
  }

  enum Expectation {
    case ok
    case count(Int)
    /// A SQLSTATE, or a regular expression found in the message; empty: any error.
    case error(String)
  }

  struct Query {
    let sql: String
    let connection: String
    /// One letter a column: I, R, T, or any other; only the count is held to.
    let types: String
    let sorting: Sorting
    let expected: [String]
    /// The line on which the first expected row stands.
    let expectedLine: Int
  }

  enum Sorting: String {
    case nosort, rowsort, valuesort
  }

  /// A file that is not in sqllogictest's form.
  struct FormError: Error {
    let line: Int
    let message: String
  }
}

extension GoldenFile {
  init(path: String, text: String) throws {
    self.path = path
    var parser = GoldenFileParser(
      lines: text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
      })
    records = try parser.records()
  }
}

private struct GoldenFileParser {
  let lines: [String]
  private var next = 0
  /// What a `connection` record says of the record that follows.
  private var connection: String?

  init(lines: [String]) { self.lines = lines }

  mutating func records() throws -> [GoldenFile.Record] {
    var records: [GoldenFile.Record] = []
    var isSkipping = false
    while next < lines.count {
      let number = next + 1
      let line = lines[next]
      next += 1
      let words = line.split(separator: " ").map(String.init)
      guard let verb = words.first, !line.hasPrefix("#") else { continue }
      switch verb {
      case "hash-threshold": continue
      case "skipif":
        isSkipping = words.dropFirst().first == "vsql"
        continue
      case "onlyif":
        isSkipping = words.dropFirst().first != "vsql"
        continue
      case "connection":
        guard words.count == 2 else {
          throw GoldenFile.FormError(line: number, message: "connection needs one name")
        }
        connection = words[1]
        continue
      default: break
      }
      let kind = try record(verb, Array(words.dropFirst()), line: number)
      if !isSkipping { records.append(GoldenFile.Record(line: number, kind: kind)) }
      isSkipping = false
      connection = nil
    }
    return records
  }

  private mutating func record(_ verb: String, _ words: [String], line: Int) throws -> GoldenFile.Record.Kind
  {
    switch verb {
    case "statement": return try statement(words, line: line)
    case "query": return try query(words, line: line)
    case "restart": return .restart
    case "halt": return .halt
    default: throw GoldenFile.FormError(line: line, message: "unknown record \"\(verb)\"")
    }
  }

  private mutating func statement(_ words: [String], line: Int) throws -> GoldenFile.Record.Kind {
    let sql = try sqlLines(line)
    switch words.first {
    case "ok":
      return .statement(sql: sql, connection: connection ?? words.dropFirst().first ?? "", expectation: .ok)
    case "count":
      guard let count = words.dropFirst().first.flatMap(Int.init) else {
        throw GoldenFile.FormError(line: line, message: "statement count needs a number")
      }
      return .statement(
        sql: sql, connection: connection ?? words.dropFirst(2).first ?? "", expectation: .count(count))
    case "error":
      let rest = words.dropFirst()
      guard next < lines.count, lines[next] == "----" else {
        return .statement(
          sql: sql, connection: connection ?? "", expectation: .error(rest.joined(separator: " ")))
      }
      // The pattern stands beneath: what follows `error` names the connection, as in DuckDB's files.
      next += 1
      let pattern = resultLines().joined(separator: "\n")
      return .statement(sql: sql, connection: connection ?? rest.first ?? "", expectation: .error(pattern))
    default:
      throw GoldenFile.FormError(line: line, message: "a statement is ok, error or count")
    }
  }

  private mutating func query(_ words: [String], line: Int) throws -> GoldenFile.Record.Kind {
    guard let types = words.first else {
      throw GoldenFile.FormError(line: line, message: "query needs its types")
    }
    let sorting = words.dropFirst().compactMap(GoldenFile.Sorting.init).first ?? .nosort
    let connection = connection ?? words.dropFirst().first { GoldenFile.Sorting(rawValue: $0) == nil } ?? ""
    let sql = try sqlLines(line)
    guard next < lines.count, lines[next] == "----" else {
      throw GoldenFile.FormError(line: next, message: "a query needs ---- and its rows")
    }
    next += 1
    let expectedLine = next + 1
    return .query(
      GoldenFile.Query(
        sql: sql, connection: connection, types: types, sorting: sorting, expected: resultLines(),
        expectedLine: expectedLine))
  }

  private mutating func sqlLines(_ line: Int) throws -> String {
    var taken: [String] = []
    while next < lines.count, !lines[next].isEmpty, lines[next] != "----" {
      taken.append(lines[next])
      next += 1
    }
    if taken.isEmpty { throw GoldenFile.FormError(line: line, message: "the record has no SQL") }
    return taken.joined(separator: "\n")
  }

  private mutating func resultLines() -> [String] {
    var taken: [String] = []
    while next < lines.count, !lines[next].isEmpty {
      taken.append(lines[next])
      next += 1
    }
    return taken
  }
}
