import VSQLSchema

/// What the first pass over a segment's rows decides: groups, codings, value tables; and what it found for the directory.
struct SegmentPlan: Sendable {
  let rowCount: Int
  let groups: [ColumnGroup.Content]
  var layout: RecordLayout
  /// By index in the layout: the code of each row, for tabled columns; else empty.
  let codes: [[UInt32]]
  let tables: [ValueTable]
  /// What texts of the layout's shared columns are compressed with; nil: none share one.
  var dictionary: SharedDictionary?
  /// By index in the layout, then by page.
  let zones: [[PageZone]]
  /// By column ordinal.
  let statistics: [ColumnStatistics]

  init(table: TableDefinition, batches: [Batch]) throws(StorageError) {
    let types = table.columns.map(\.type)
    let rows = batches.reduce(0) { $0 + $1.count }
    rowCount = rows
    let surveys = types.indices.map { Self.survey($0, batches, seal: table.seal) }
    for survey in surveys where survey.textBytes > Int(UInt32.max) {
      throw .limit(
        what: "a segment holds at most 4 GiB of a TEXT or BLOB column, not \(survey.textBytes) bytes")
    }
    if table.seal == .page {
      groups = types.indices.map { .pages(column: $0) }
      let scalars = types.indices.filter { types[$0].physicalKind != .vector }
      layout = RecordLayout(
        scalars.map {
          ColumnCoding(
            column: $0, hasNulls: surveys[$0].nullCount > 0, code: .paged,
            valueCount: rows - surveys[$0].nullCount)
        })
      (codes, tables, zones) = ([], [], scalars.map { surveys[$0].zones })
      statistics = surveys.map(\.statistics)
      return
    }
    groups = try ColumnGroup.divide(types) { column in
      surveys[column].textBytes > SegmentFormat.longAverageBytes * max(1, rows - surveys[column].nullCount)
    }.map { content throws(StorageError) in try VectorPlanes.choose(content, batches) }
    let own = Set(groups.compactMap { $0.ownColumn })

    var columns: [ColumnCoding] = []
    var (codes, tables, zones): ([[UInt32]], [ValueTable], [[PageZone]]) = ([], [], [])
    for (column, survey) in surveys.enumerated() where !own.contains(column) {
      let table = types[column].physicalKind == .text ? survey.texts.finish(column: column) : nil
      let code: ValueCode =
        if let table {
          table.fieldWidth.map { .tabledField(width: $0) } ?? .tabled
        } else {
          Self.packed(column, batches, rows: rows) ?? Self.plain(types[column].physicalKind, survey)
        }
      columns.append(
        ColumnCoding(
          column: column, hasNulls: survey.nullCount > 0, code: code, valueCount: rows - survey.nullCount))
      codes.append(table?.codes ?? [])
      if let table { tables.append(table.table) }
      zones.append(survey.zones)
    }
    layout = RecordLayout(columns)
    (self.codes, self.tables, self.zones) = (codes, tables, zones)
    statistics = surveys.map(\.statistics)
  }

  private static func survey(
    _ ordinal: Int, _ batches: [Batch], seal: TableDefinition.Seal
  ) -> ColumnSurvey {
    var survey = ColumnSurvey(collectsTexts: seal == .record)
    var first = 0
    for batch in batches {
      var row = 0
      while row < batch.count {
        let page = (first + row) / SegmentFormat.pageRows
        let end = min(batch.count, (page + 1) * SegmentFormat.pageRows - first)
        survey.add(batch.columns[ordinal], rows: row..<end, page: page)
        row = end
      }
      first += batch.count
    }
    return survey
  }

  /// The packing of a column's numbers, where that is no longer than any other form.
  private static func packed(_ column: Int, _ batches: [Batch], rows: Int) -> ValueCode? {
    guard let numbers = PackedNumbers(column, in: batches) else { return nil }
    return numbers.packing(rows: rows).map { .packed(numbers.form, $0) }
  }

  private static func plain(_ kind: PhysicalKind, _ survey: ColumnSurvey) -> ValueCode {
    switch kind {
    case .boolean: return .bit
    case .int32, .int64:
      guard let (least, greatest) = survey.integerBounds else { return .signed }
      return ColumnCoding.base(least: least, greatest: greatest).map { .offset(base: $0) } ?? .signed
    case .double: return .double
    case .decimal: return .decimal
    case .uuid: return .uuid
    // Vectors have groups of their own.
    case .text, .vector: return .text
    }
  }
}

extension ColumnGroup.Content {
  /// The column of a group of one.
  var ownColumn: Int? {
    switch self {
    case .records: nil
    case .vector(let column), .planes(let column), .pages(let column), .long(let column): column
    }
  }
}

extension ColumnSurvey {
  /// The least and greatest value of an INTEGER, DATE or TIMESTAMP column; nil: none, or another type.
  var integerBounds: (least: Int64, greatest: Int64)? {
    func number(_ value: Value) -> Int64? {
      switch value {
      case .integer(let item), .timestamp(let item), .timestamptz(let item): item
      case .date(let item): Int64(item)
      case .null, .boolean, .double, .decimal, .text, .blob, .uuid, .vector: nil
      }
    }
    guard let least = number(minimum), let greatest = number(maximum) else { return nil }
    return (least, greatest)
  }
}
