import VSQLSchema

/// Columns in pages: values of fixed size go straight to their place in the column's array, on all cores.
extension SegmentGeneration {
  /// A column of `rows`, which begin with a page, as do the parts.
  func pages(
    _ column: Int, _ group: Int, _ directory: SegmentDirectory, _ parts: [Range<Int>], _ rows: Range<Int>
  ) throws(StorageError) -> Column {
    let opening = PageOpening(group: group, directory: directory, parts: parts, rows: rows)
    let type = directory.types[column]
    let (values, validity): (ColumnValues, [Bool]?)
    switch type.physicalKind {
    case .boolean:
      let (list, flags) = try pages(Bool.self, opening)
      (values, validity) = (.booleans(list), flags)
    case .int32:
      let (list, flags) = try pages(Int32.self, opening)
      (values, validity) = (.int32s(list), flags)
    case .int64:
      let (list, flags) = try pages(Int64.self, opening)
      (values, validity) = (.int64s(list), flags)
    case .double:
      let (list, flags) = try pages(Double.self, opening)
      (values, validity) = (.doubles(list), flags)
    case .decimal:
      let (list, flags) = try pages(Decimal.self, opening)
      (values, validity) = (.decimals(list), flags)
    case .uuid:
      let (list, flags) = try pages(UInt128.self, opening)
      (values, validity) = (.uuids(list), flags)
    case .text: return try textPages(type, opening)
    case .vector:
      guard case .vector(let shape) = type else { throw noGroup(column) }
      let (list, flags) = try vectorPages(shape, opening)
      (values, validity) = (.vectors(VectorValues(shape: shape, bytes: list)), flags)
    }
    return Column(type: type, values: values, validity: validity, count: rows.count)
  }

  /// Some rows of a column, in the order given: opens their pages, each once.
  func pageRows(
    _ rows: [Int], _ column: Int, _ group: Int, _ directory: SegmentDirectory
  ) throws(StorageError) -> Column {
    let numbers = Set(rows.map { $0 / SegmentFormat.pageRows }).sorted()
    var (places, joined): ([Int: Int], Column?) = ([:], nil)
    for page in numbers {
      places[page] = joined?.count ?? 0
      let first = page * SegmentFormat.pageRows
      let all = first..<min(first + SegmentFormat.pageRows, directory.rowCount)
      let opened = try pages(column, group, directory, [all], all)
      if joined == nil { joined = opened } else { joined?.append(opened) }
    }
    guard let joined else { return ColumnSink(type: directory.types[column], capacity: 0).finish() }
    return joined.gather(
      rows.map { (places[$0 / SegmentFormat.pageRows] ?? 0) + $0 % SegmentFormat.pageRows })
  }

  private struct PageOpening: Sendable {
    let group: Int
    let directory: SegmentDirectory
    let parts: [Range<Int>]
    let rows: Range<Int>

    /// The parts as ranges of an array with `width` places for each row.
    func places(width: Int) -> [Range<Int>] {
      parts.map { part in
        let start = (part.lowerBound - rows.lowerBound) * width
        return start..<start + part.count * width
      }
    }

    /// The parts' flags as those of all rows.
    func joined(_ flags: [[Bool]?]) -> [Bool]? {
      if flags.allSatisfy({ $0 == nil }) { return nil }
      return zip(parts, flags).flatMap { part, flags in flags ?? Array(repeating: true, count: part.count) }
    }
  }

  private func pages<Value: PagedValue>(
    _: Value.Type, _ opening: PageOpening
  ) throws(StorageError) -> ([Value], [Bool]?) {
    if opening.parts.count <= 1 {
      return try withOpener { opener throws(StorageError) in
        var flags: [Bool]??
        let list = try [Value](count: opening.rows.count, result: &flags) { (out) throws(StorageError) in
          try opener.pages(opening.directory, group: opening.group, opening.rows, into: &out)
        }
        return (list, flags ?? nil)
      }
    }
    let makeOpener = try openerMaker()
    let (list, flags) = try Parallel.array(
      Value.self, count: opening.rows.count, parts: opening.places(width: 1)
    ) { index, out throws(StorageError) in
      try makeOpener().pages(opening.directory, group: opening.group, opening.parts[index], into: &out)
    }
    return (list, opening.joined(flags))
  }

  private func vectorPages(
    _ shape: VectorShape, _ opening: PageOpening
  ) throws(StorageError) -> ([UInt8], [Bool]?) {
    let makeOpener = try openerMaker()
    let (list, flags) = try Parallel.array(
      UInt8.self, count: opening.rows.count * shape.byteCount, parts: opening.places(width: shape.byteCount)
    ) { index, out throws(StorageError) in
      try makeOpener().pages(
        opening.directory, group: opening.group, opening.parts[index], shape: shape, into: &out)
    }
    return (list, opening.joined(flags))
  }

  private func textPages(_ type: SQLType, _ opening: PageOpening) throws(StorageError) -> Column {
    @Sendable func column(_ part: Range<Int>, _ opener: SegmentOpener) throws(StorageError) -> Column {
      let (values, flags) = try opener.textPages(opening.directory, group: opening.group, part)
      return Column(type: type, values: .texts(values), validity: flags, count: part.count)
    }
    if opening.parts.count <= 1 {
      return try withOpener { opener throws(StorageError) in try column(opening.rows, opener) }
    }
    let makeOpener = try openerMaker()
    var columns = try Parallel.map(opening.parts.count) { index throws(StorageError) in
      try column(opening.parts[index], makeOpener())
    }
    var joined = columns.removeFirst()
    for part in columns { joined.append(part) }
    return joined
  }
}
