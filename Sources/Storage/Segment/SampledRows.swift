import VSQLSchema

/// The rows that a dictionary's sample takes, those of one entity one after the other.
struct SampledRows: Sendable {
  struct Row: Sendable {
    var batch: Int
    /// In its batch.
    var row: Int
    /// Counted over all batches.
    var place: Int
    /// From 0 on, as they are met. In a table without an ENTITY column each record is one.
    var entity: Int
  }

  let rows: [Row]
  let entityCount: Int

  /// - Parameters:
  ///   - entity: the ENTITY column's ordinal. Where it is NULL a row is nobody's, and counts for nothing.
  ///   - ordinals: of the rows in their segment; nil: they are all of them, in order.
  init(_ batches: [Batch], entity: Int?, _ sample: SharedSample, ordinals: [Int]? = nil) {
    var numbers: [[UInt8]: Int] = [:]
    var rows: [Row] = []
    var place = 0
    for (number, batch) in batches.enumerated() {
      let key = entity.map { [batch.columns[$0]] }
      for row in 0..<batch.count {
        defer { place += 1 }
        guard sample.holds(row: ordinals?[place] ?? place) else { continue }
        var own = rows.count
        if let key {
          guard let bytes = KeyEncoder.key(of: key, row: row) else { continue }
          own = numbers[bytes] ?? numbers.count
          numbers[bytes] = own
        }
        rows.append(Row(batch: number, row: row, place: place, entity: own))
      }
    }
    entityCount = entity == nil ? rows.count : numbers.count
    self.rows = entity == nil ? rows : rows.sorted { ($0.entity, $0.place) < ($1.entity, $1.place) }
  }

  /// Hands over the values of a TEXT column that no value table has, as far as the sample takes them.
  ///
  /// - Parameter codes: by place: the value's code in the column's table, 0: not in it; empty: there is none.
  func values(
    of column: Int, in batches: [Batch], codes: [UInt32],
    _ body: (_ value: Span<UInt8>, _ entity: Int) -> Void
  ) {
    for row in rows where codes.isEmpty || codes[row.place] == 0 {
      let values = batches[row.batch].columns[column]
      guard case .texts(let list) = values.values, !values.isNull(row.row) else { continue }
      let range = list.range(row.row)
      let taken = range.lowerBound..<min(range.upperBound, range.lowerBound + SharedSample.valueBytes)
      body(list.bytes.span.extracting(taken), row.entity)
    }
  }
}

extension SharedDictionary {
  /// How many entities share each piece, as `rows` say.
  ///
  /// - Parameter codes: of a column, as `SampledRows.values` takes them.
  func entities(in rows: SampledRows, _ batches: [Batch], codes: (Int) -> [UInt32]) -> [UInt32] {
    var counter = PieceCounter(self)
    for column in columns {
      rows.values(of: column, in: batches, codes: codes(column)) {
        counter.add($0, column: column, entity: $1)
      }
    }
    return counter.entities
  }
}

extension ValueTable {
  /// The code of each row of `column`; 0 where its value is not in the table, or NULL.
  func codes(of column: Column) -> [UInt32] {
    guard case .texts(let list) = column.values else { return [] }
    var entries: [ArraySlice<UInt8>: UInt32] = [:]
    for index in 0..<values.count where counts[index] > 0 { entries[values[index]] = UInt32(index + 1) }
    return (0..<column.count).map { column.isNull($0) ? 0 : entries[list.bytes[list.range($0)]] ?? 0 }
  }
}
