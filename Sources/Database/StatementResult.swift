internal import VSQLSchema

/// A column of an answer.
public struct ResultColumn: Hashable, Sendable {
  /// As the statement names it; two columns may have one name.
  public let name: String
  /// The type's name as DDL writes it: `VECTOR(384, FLOAT16)`.
  public let typeName: String
  /// The kind of its values, where their exact type does not matter.
  public let kind: Kind

  /// What values the column has.
  public enum Kind: Hashable, Sendable {
    case boolean, number, text, blob, date, timestamp, timestamptz, uuid, vector
  }

  init(name: String, type: SQLType) {
    self.name = name
    typeName = type == .unknown ? "TEXT" : type.description
    kind =
      switch type {
      case .boolean: .boolean
      case .integer, .double, .decimal: .number
      case .unknown, .text: .text
      case .blob: .blob
      case .date: .date
      case .timestamp: .timestamp
      case .timestamptz: .timestamptz
      case .uuid: .uuid
      case .vector: .vector
      }
  }
}

/// What a statement answered: rows, or a tag that says what it did.
public struct StatementResult: Sendable {
  /// Empty for a statement that answers no rows.
  public let columns: [ResultColumn]
  /// The rows, in their determined order. They are of one snapshot and complete: their audit event is written.
  public let rows: Rows
  /// What was done, as PostgreSQL says it: `INSERT 0 3`, `SELECT 10`.
  public let tag: String
  /// Rows answered, inserted, changed or deleted.
  public let rowCount: Int
  /// What a verification (`VERIFY AUDIT`) found; nil for every other statement.
  public let verification: Bool?
  /// What the user should know besides, a line each.
  public let notices: [String]
}

/// The rows of an answer, kept as columns and made into rows one by one.
public struct Rows: Sequence, Sendable {
  let batches: [Batch]
  let index: ColumnIndex

  /// How many there are.
  public var count: Int { batches.reduce(0) { $0 + $1.selectedCount } }

  /// From the first row on, as often as wanted.
  public func makeIterator() -> Iterator { Iterator(rows: self) }

  /// Makes the rows one by one.
  public struct Iterator: IteratorProtocol {
    private let rows: Rows
    private var batch = 0
    private var position = 0

    init(rows: Rows) { self.rows = rows }

    /// The next row; nil at the end.
    public mutating func next() -> Row? {
      while batch < rows.batches.count, position >= rows.batches[batch].selectedCount {
        batch += 1
        position = 0
      }
      guard batch < rows.batches.count else { return nil }
      let current = rows.batches[batch]
      let row = current.selection.map { Int($0[position]) } ?? position
      position += 1
      return Row(values: current.columns.map { Value($0.value(at: row)) }, index: rows.index)
    }
  }
}

extension Rows: AsyncSequence {
  /// Makes the rows one by one, and ends with its task.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var rows: Iterator

    /// - Throws: `CancellationError` when the task was cancelled.
    public mutating func next() async throws -> Row? {
      try Task.checkCancellation()
      return rows.next()
    }
  }

  /// From the first row on, as often as wanted.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rows: Iterator(rows: self)) }
}
