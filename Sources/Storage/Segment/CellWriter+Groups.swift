import VSQLSchema

/// One column group each: cells of all rows, in row order.
extension CellWriter {
  func appendRecords(
    _ plan: SegmentPlan, _ batches: [Batch], group: Int, _ zstd: Zstd
  ) throws(StorageError) -> ColumnGroup {
    let start = position
    var encoder = RecordEncoder(layout: plan.layout, codes: plan.codes)
    var part: SharedPart?
    if let dictionary = plan.dictionary {
      part = SharedPart(zstd: zstd, dictionary: try ZstdCompressionDictionary(dictionary.bytes[...]))
    }
    var records = RowBytes()
    var ends: [Int] = []
    ends.reserveCapacity(plan.rowCount)
    var packed: [UInt8] = []
    for batch in batches {
      records.removeAll()
      let first = ends.count
      encoder.encode(batch, first: first, part: part, into: &records)
      for row in 0..<batch.count {
        let range = records.range(row)
        if range.count >= Zstd.leastBytes, let frame = zstd.frame(of: records.bytes[range]),
          frame.count + 1 < range.count
        {
          packed.removeAll(keepingCapacity: true)
          packed.append(RecordLayout.compressedFlag)
          packed.append(contentsOf: frame)
          try append(packed.span, group: group, row: first + row)
        } else {
          try append(records.bytes.span.extracting(range), group: group, row: first + row)
        }
        ends.append(position - start)
      }
    }
    return ColumnGroup(content: .records, cells: table(start, ends))
  }

  /// - Parameter zstd: packs the vectors' byte planes; nil: they are stored as they are.
  func appendVectors(
    _ column: Int, _ batches: [Batch], group: Int, planes zstd: Zstd? = nil
  ) throws(StorageError) -> ColumnGroup {
    let start = position
    var (ends, nulls): ([Int], [Int]) = ([], [])
    var planes: [UInt8] = []
    for batch in batches {
      guard case .vectors(let list) = batch.columns[column].values else {
        preconditionFailure("a vector column holds vectors")
      }
      let (validity, width) = (batch.columns[column].validity, list.shape.byteCount)
      for row in 0..<batch.count {
        if validity?[row] ?? true {
          let from = (list.first + row) * width
          let vector = list.bytes.span.extracting(from..<from + width)
          if let zstd {
            planes.removeAll(keepingCapacity: true)
            VectorPlanes(list.shape).split(vector, appendingTo: &planes)
            try append(zstd.pack(planes[...]).span, group: group, row: ends.count)
          } else {
            try append(vector, group: group, row: ends.count)
          }
        } else {
          nulls.append(ends.count)
        }
        ends.append(position - start)
      }
    }
    let content: ColumnGroup.Content = zstd == nil ? .vector(column: column) : .planes(column: column)
    return ColumnGroup(content: content, cells: table(start, ends), nulls: nulls)
  }

  func appendLong(_ column: Int, _ batches: [Batch], group: Int, _ zstd: Zstd) throws(StorageError)
    -> ColumnGroup
  {
    let start = position
    var (ends, nulls): ([Int], [Int]) = ([], [])
    for batch in batches {
      guard case .texts(let list) = batch.columns[column].values else {
        preconditionFailure("a TEXT or BLOB column holds byte strings")
      }
      let validity = batch.columns[column].validity
      for row in 0..<batch.count {
        if validity?[row] ?? true {
          try append(zstd.pack(list.bytes[list.range(row)]).span, group: group, row: ends.count)
        } else {
          nulls.append(ends.count)
        }
        ends.append(position - start)
      }
    }
    return ColumnGroup(content: .long(column: column), cells: table(start, ends), nulls: nulls)
  }

  private func table(_ start: Int, _ ends: [Int]) -> CellTable {
    let first = ends.first ?? 0
    let isFixed = first > 0 && ends.indices.allSatisfy { ends[$0] == first * ($0 + 1) }
    return CellTable(start: start, count: ends.count, lengths: isFixed ? .fixed(first) : .ends(ends))
  }
}
