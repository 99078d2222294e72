internal import VSQLExecutor
internal import VSQLPlanner
internal import VSQLSchema

extension StatementResult {
  /// What a statement without rows answers.
  static func command(_ tag: String, rowCount: Int = 0, notice: String? = nil) -> StatementResult {
    StatementResult(
      columns: [], rows: Rows(batches: [], index: .none), tag: tag, rowCount: rowCount,
      verification: nil, notices: notice.map { [$0] } ?? [])
  }

  func with(notices: [String]) -> StatementResult {
    StatementResult(
      columns: columns, rows: rows, tag: tag, rowCount: rowCount, verification: verification, notices: notices
    )
  }

  /// One row of one TEXT column.
  static func oneText(column: String, _ text: String) -> StatementResult {
    texts(columns: [column], rows: [[text]])
  }

  /// SHOW ALL.
  static func settings(_ settings: SessionSettings) -> StatementResult {
    texts(
      columns: ["name", "setting", "description"],
      rows: SessionSetting.all.map { [$0.name, settings[$0.name].text ?? "", $0.summary] })
  }

  private static func texts(columns: [String], rows: [[String]]) -> StatementResult {
    let values = columns.indices.map { ordinal in
      var texts = TextValues()
      for row in rows { texts.append(utf8: row[ordinal].utf8) }
      return Column(type: .string, values: .texts(texts), count: rows.count)
    }
    return StatementResult(
      columns: columns.map { ResultColumn(name: $0, type: .string) },
      rows: Rows(batches: [Batch(columns: values, count: rows.count)], index: ColumnIndex(names: columns)),
      tag: "SHOW", rowCount: rows.count, verification: nil, notices: [])
  }
}

extension Session {
  /// Reads an answer to its end, so that its outcome can be written before a row leaves.
  func collect(
    _ outcome: StatementOutcome, of bound: BoundStatement, _ cache: inout PlanCache
  ) throws -> StatementResult {
    switch outcome {
    case .command(let tag, let rowCount):
      return .command(tag, rowCount: rowCount)
    case .rows(let stream):
      var batches: [Batch] = []
      while let batch = try stream.next() { batches.append(batch) }
      let shape = cache.shape ?? AnswerShape(of: stream.columns)
      if case .query = bound.kind { cache.shape = shape }
      let rows = Rows(batches: batches, index: shape.index)
      let count = rows.count
      return StatementResult(
        columns: shape.columns, rows: rows, tag: bound.tagVerb + " " + String(count), rowCount: count,
        verification: bound.verdict(of: rows), notices: stream.notices)
    }
  }
}

/// An answer's columns, as a prepared statement keeps them.
struct AnswerShape {
  let columns: [ResultColumn]
  let index: ColumnIndex

  init(of columns: [VSQLPlanner.ResultColumn]) {
    self.columns = columns.map { ResultColumn(name: $0.name, type: $0.type) }
    index = ColumnIndex(names: columns.map(\.name))
  }
}

extension BoundStatement {
  fileprivate var tagVerb: String {
    switch kind {
    case .query: "SELECT"
    case .show, .describe: "SHOW"
    case .explain: "EXPLAIN"
    case .eraseEntity: "ERASE"
    case .rotateKey: "ROTATE"
    case .verifyAudit: "VERIFY"
    case .checkDatabase: "CHECK"
    case .backup: "BACKUP"
    case .maintain(let maintenance): maintenance.verb == .vacuum ? "VACUUM" : "ANALYZE"
    case .insert, .update, .delete, .copy, .createTable, .dropTable, .createIndex, .dropIndex,
      .createTenant, .begin, .commit, .rollback, .savepoint, .setTransaction,
      .setTenant, .set, .reset:
      "ROWS"
    }
  }

  /// What VERIFY AUDIT or CHECK DATABASE found; nil for every other statement.
  fileprivate func verdict(of rows: Rows) -> Bool? {
    if case .verifyAudit = kind { return rows.first { _ in true }?["chain_verified"] == .boolean(true) }
    if case .checkDatabase = kind { return rows.first { _ in true }?["file"] == .null }
    return nil
  }
}
