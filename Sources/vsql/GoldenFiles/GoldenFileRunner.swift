internal import VSQL

/// Runs one golden file in a database of its own, in a scratch directory that goes afterwards.
///
/// In its SQL `__TEST_DIR__` is the scratch directory and `__FILE_DIR__` the golden file's own.
final class GoldenFileRunner {
  private let file: GoldenFile
  private let scratch: ScratchDirectory
  private var database: Database
  private var sessions: [String: Session] = [:]

  struct Failure {
    let line: Int
    let message: String
  }

  init(file: GoldenFile) throws {
    self.file = file
    scratch = try ScratchDirectory()
    database = try Self.open(scratch)
  }

  /// The records that did not do what the file says.
  func run() throws -> [Failure] {
    var failures: [Failure] = []
    for record in file.records {
      if case .halt = record.kind { break }
      if let failure = try run(record) { failures.append(failure) }
    }
    sessions = [:]
    try database.close()
    return failures
  }

  private func run(_ record: GoldenFile.Record) throws -> Failure? {
    switch record.kind {
    case .halt: return nil
    case .restart:
      sessions = [:]
      try database.close()
      database = try Self.open(scratch)
      return nil
    case .statement(let sql, let connection, let expectation):
      return try check(sql, connection, expectation).map { Failure(line: record.line, message: $0) }
    case .query(let query):
      return try check(query)
    }
  }

  private func check(_ sql: String, _ connection: String, _ expectation: GoldenFile.Expectation) throws
    -> String?
  {
    do throws(VSQLError) {
      let result = try session(connection).execute(expanded(sql))
      switch expectation {
      case .ok: return nil
      case .count(let count):
        return result.rowCount == count ? nil : "\(count) rows expected, \(result.rowCount) found"
      case .error(let pattern): return "an error (\(pattern)) expected, \(result.tag) found"
      }
    } catch {
      guard case .error(let pattern) = expectation else { return "unexpected \(error.rendered(source: sql))" }
      if error.sqlState == pattern { return nil }
      let text = error.rendered(source: sql)
      if text.contains(pattern) { return nil }
      // What is no regular expression was meant as it stands.
      if let expression = try? Regex(pattern), (try? expression.firstMatch(in: text)) ?? nil != nil {
        return nil
      }
      return "an error like \(pattern) expected, found:\n\(text)"
    }
  }

  private func check(_ query: GoldenFile.Query) throws -> Failure? {
    let result: StatementResult
    do throws(VSQLError) {
      result = try session(query.connection).execute(expanded(query.sql))
    } catch {
      return Failure(line: query.expectedLine, message: "unexpected \(error.rendered(source: query.sql))")
    }
    if result.columns.count != query.types.count {
      return Failure(
        line: query.expectedLine,
        message: "\(query.types.count) columns expected, \(result.columns.count) found")
    }
    return GoldenRows(result: result).difference(from: query).map {
      Failure(line: query.expectedLine + $0.row, message: $0.message)
    }
  }

  private func session(_ connection: String) throws(VSQLError) -> Session {
    if let session = sessions[connection] { return session }
    let session = try database.ownerSession()
    sessions[connection] = session
    return session
  }

  private func expanded(_ sql: String) -> String {
    let folder = file.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return sql.replacing("__TEST_DIR__", with: scratch.path)
      .replacing("__FILE_DIR__", with: folder.isEmpty ? "." : folder)
  }

  private static func open(_ scratch: ScratchDirectory) throws -> Database {
    try Database.open("\(scratch.path)/test.vsql", key: .file("\(scratch.path)/test.key"))
  }
}
