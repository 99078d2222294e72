import VSQLSchema

/// What the cost model believes of the rows that an operator gives.
struct RowProfile {
  var rows: Double
  var columns: [ColumnProfile]

  /// Bytes of a row.
  var width: Int { max(1, columns.reduce(0) { $0 + $1.width }) }
}

/// What it believes of one column.
struct ColumnProfile {
  /// Different values; nil: unknown.
  var distinct: Double?
  /// The share of NULLs; nil: unknown.
  var knownNullFraction: Double?
  var minimum = Value.null
  var maximum = Value.null
  /// Bytes of a value.
  var width: Int

  /// The share of NULLs, none where nothing is known.
  var nullFraction: Double { knownNullFraction ?? 0 }

  init(type: SQLType) { width = type.typicalBytes }

  init(_ statistics: ColumnStatistics?, rows: Double, type: SQLType) {
    width = type.typicalBytes
    guard let statistics else { return }
    distinct = statistics.distinctCount.map(Double.init)
    knownNullFraction = rows > 0 ? min(1, Double(statistics.nullCount) / rows) : 0
    minimum = statistics.minimum
    maximum = statistics.maximum
  }
}

extension SQLType {
  /// Bytes of a value in memory; a guess for texts.
  var typicalBytes: Int {
    switch self {
    case .boolean: 1
    case .date: 4
    case .integer, .double, .timestamp, .timestamptz: 8
    case .decimal, .uuid: 16
    case .unknown, .text, .blob: 24
    case .vector(let shape): shape.byteCount
    }
  }
}
