import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// What a statement gives: rows as they are asked for, or what it did.
package enum StatementOutcome {
  case rows(ResultStream)
  /// `tag` as PostgreSQL says it: `INSERT 0 3`, `UPDATE 2`, `CREATE TABLE`.
  case command(tag: String, rowCount: Int)
}

/// The rows of an answer, a batch at a time. Used by one thread.
package final class ResultStream {
  package let columns: [ResultColumn]
  /// What is said beside the rows.
  package var notices: [String] = []
  private let source: any BatchSource
  /// Rows after which the answer fails; nil: no limit.
  private let limit: Int64?
  private var given: Int64 = 0

  init(columns: [ResultColumn], source: any BatchSource, limit: Int64? = nil) {
    self.columns = columns
    self.source = source
    self.limit = limit
  }

  /// The next rows, at most `Batch.capacity`, with a selection or without; nil at the end.
  ///
  /// - Throws: whatever the statement raises; 54000 past the setting `max_result_rows`.
  package func next() throws -> Batch? {
    guard let batch = try source.next() else { return nil }
    given += Int64(batch.selectedCount)
    if let limit, given > limit {
      throw Diagnostic(
        .programLimitExceeded, "the answer has more than \(limit) rows",
        hint: "SET max_result_rows allows more, LIMIT asks for fewer.")
    }
    return batch
  }
}

/// The answer of a statement that shows a few facts: rows of values with named, typed columns.
struct FactTable {
  private let columns: [ResultColumn]
  private var rows: [[Value]] = []

  init(_ columns: (String, SQLType)...) {
    self.columns = columns.map { ResultColumn(name: $0.0, type: $0.1) }
  }

  mutating func append(_ row: Value...) { rows.append(row) }

  /// - Parameter notices: said beside the rows.
  func outcome(notices: [String] = []) throws(Diagnostic) -> StatementOutcome {
    var built: [Column] = []
    for (index, column) in columns.enumerated() {
      var builder = ColumnBuilder(type: column.type)
      for row in rows { try builder.append(row[index]) }
      built.append(builder.finish())
    }
    let stream = ResultStream(columns: columns, source: BatchList(Batch.pieces(of: built, count: rows.count)))
    stream.notices = notices
    return .rows(stream)
  }
}

extension Value {
  static func count(_ number: Int) -> Value { .integer(Int64(number)) }
  static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
}
