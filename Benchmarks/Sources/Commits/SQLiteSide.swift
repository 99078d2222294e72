internal import CSQLite

/// SQLite as the reference: WAL, synchronous = FULL, prepared statements, one connection a thread.
final class SQLiteSide: Engine {
  private var handle: OpaquePointer?
  private var statements: [String: OpaquePointer] = [:]

  init(_ path: String) throws {
    guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK
    else { throw Failure("sqlite cannot open \(path)") }
    sqlite3_busy_timeout(handle, 60_000)
    for pragma in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"] {
      guard sqlite3_exec(handle, pragma, nil, nil, nil) == SQLITE_OK else { throw Failure("sqlite refuses \(pragma)") }
    }
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close(handle)
  }

  func run(_ sql: String, _ parameters: [Int]) throws -> Int {
    let statement = try prepared(sql)
    defer { sqlite3_reset(statement) }
    for (index, value) in parameters.enumerated() {
      sqlite3_bind_int64(statement, Int32(index + 1), Int64(value))
    }
    var rows = 0
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        // As a caller would, every column is taken.
        for column in 0..<sqlite3_column_count(statement) { _ = sqlite3_column_int64(statement, column) }
        rows += 1
      case SQLITE_DONE: return rows
      default: throw Failure("sqlite: \(String(cString: sqlite3_errmsg(handle)))")
      }
    }
  }

  private func prepared(_ sql: String) throws -> OpaquePointer? {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    // $1 is a name to SQLite, numbered in order of appearance, which is the order here.
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw Failure("sqlite: \(String(cString: sqlite3_errmsg(handle)))")
    }
    statements[sql] = statement
    return statement
  }
}
