import VSQLSchema

/// Whether short texts of a segment share a dictionary, and which.
extension SegmentPlan {
  /// Below so many bytes of texts in a record, what could be saved is not worth the 1.5 us that compressing it takes: TPC-H's line
  /// items have 27.
  private static let leastTextBytes = 32
  /// Nor is less than this, of the 48 bytes that a record's key and tag take besides.
  private static let leastSavedBytes = 6
  /// Texts looked at, of one column.
  private static let sampleBytes = 128 << 10
  /// Records that are compressed to see what a dictionary saves.
  private static let measuredRows = 512

  /// Decides by what measured rows take, the dictionary's own bytes counted.
  mutating func shareDictionary(_ table: TableDefinition, _ batches: [Batch]) throws(StorageError) {
    guard table.seal == .record, rowCount >= SharedDictionary.leastEntitiesAtFirst else { return }
    var candidates: [Int] = []
    var textBytes = 0
    for (index, coding) in layout.columns.enumerated() {
      // A BLOB may have any byte, the one that ends a piece too.
      guard case .text = table.columns[coding.column].type else { continue }
      let bytes = Self.textBytes(coding.column, batches, codes: codes[index])
      if bytes >= rowCount { (candidates, textBytes) = (candidates + [index], textBytes + bytes) }
    }
    guard textBytes >= Self.leastTextBytes * rowCount else { return }

    let sample = SharedSample(stride: max(1, textBytes / (Self.sampleBytes * candidates.count)))
    let rows = SampledRows(batches, entity: table.entity?.ordinal, sample)
    guard rows.entityCount >= SharedDictionary.leastEntitiesAtFirst else { return }
    let found = candidates.map { pieces(of: $0, rows, batches) }
    let zstd = try Zstd()
    let parts = parts(of: candidates, batches)
    let before = Self.size(of: parts, zstd)
    func dictionary(_ chosen: [Int]) -> SharedDictionary? {
      made(of: chosen.map { (candidates[$0], found[$0]) }, rows, batches, sample)
    }

    var chosen = Array(candidates.indices)
    guard let all = dictionary(chosen) else { return }
    let part = SharedPart(zstd: zstd, dictionary: try ZstdCompressionDictionary(all.bytes[...]))
    var size = Self.size(of: parts, sharing: chosen, part)
    // Without the column that gains least by it, as long as that is less.
    while chosen.count > 1 {
      let without = chosen.map { column in chosen.filter { $0 != column } }
      let sizes = without.map { Self.size(of: parts, sharing: $0, part) }
      guard let least = sizes.min(), least < size, let place = sizes.firstIndex(of: least) else { break }
      (chosen, size) = (without[place], least)
    }
    guard let best = chosen.count == candidates.count ? all : dictionary(chosen) else { return }
    let digested = SharedPart(zstd: zstd, dictionary: try ZstdCompressionDictionary(best.bytes[...]))
    let saved = before - Self.size(of: parts, sharing: chosen, digested)
    let own = zstd.pack(best.encode()[...]).count + Sealer.tagBytes
    guard saved >= Self.leastSavedBytes * parts.count, saved * rowCount > own * parts.count else { return }
    share(best, columns: chosen.map { candidates[$0] })
  }

  /// Bytes of a column's texts that no value table has.
  private static func textBytes(_ column: Int, _ batches: [Batch], codes: [UInt32]) -> Int {
    var (bytes, place) = (0, 0)
    for batch in batches {
      if case .texts(let list) = batch.columns[column].values {
        for row in 0..<batch.count where codes.isEmpty || codes[place + row] == 0 {
          bytes += list.range(row).count
        }
      }
      place += batch.count
    }
    return bytes
  }

  private func pieces(of index: Int, _ rows: SampledRows, _ batches: [Batch]) -> [PieceSearch.Found] {
    var texts = RowBytes()
    var entities: [Int] = []
    rows.values(of: layout.columns[index].column, in: batches, codes: codes[index]) { value, entity in
      // However long they are, what is searched has a bound.
      if texts.bytes.count > 2 * Self.sampleBytes { return }
      texts.bytes.append(value)
      texts.ends.append(texts.bytes.count)
      entities.append(entity)
    }
    return PieceSearch(texts, entities: entities, leastEntities: SharedDictionary.leastEntitiesAtFirst)
      .best(limit: SharedDictionary.mostColumnBytes)
  }

  /// The dictionary of these columns' pieces; nil: too few, or, against all reason, one that too few entities share.
  private func made(
    of columns: [(index: Int, pieces: [PieceSearch.Found])], _ rows: SampledRows, _ batches: [Batch],
    _ sample: SharedSample
  ) -> SharedDictionary? {
    var pieces: [(column: Int, found: PieceSearch.Found)] = []
    for (index, found) in columns { pieces += found.map { (layout.columns[index].column, $0) } }
    pieces.sort { a, b in
      if a.found.score != b.found.score { return a.found.score < b.found.score }
      let order = compareBytes(a.found.bytes.span, b.found.bytes.span)
      return order != 0 ? order < 0 : a.column < b.column
    }
    guard
      let first = SharedDictionary(
        pieces.map { ($0.column, $0.found.bytes, $0.found.entities) }, sample: sample)
    else { return nil }
    // Counted again, in what the dictionary has become, and by other means.
    let codes = Dictionary(zip(layout.columns.map(\.column), codes)) { $1 }
    let entities = first.entities(in: rows, batches) { codes[$0] ?? [] }
    return first.counted(entities)
  }

  private mutating func share(_ dictionary: SharedDictionary, columns: [Int]) {
    var codings = layout.columns
    for index in columns { codings[index].isShared = true }
    layout = RecordLayout(codings)
    self.dictionary = dictionary
  }

  // MARK: Measuring

  /// The codes of some rows: by row, then by candidate. Those that are too long for a dictionary are left out.
  private func parts(of candidates: [Int], _ batches: [Batch]) -> [[ArraySlice<UInt8>]] {
    let step = max(1, rowCount / Self.measuredRows)
    var parts: [[ArraySlice<UInt8>]] = []
    var place = 0
    for batch in batches {
      for row in 0..<batch.count where (place + row) % step == 0 {
        let part = candidates.map { index -> ArraySlice<UInt8> in
          var code = RowBytes()
          let (coding, column) = (layout.columns[index], batch.columns[layout.columns[index].column])
          guard case .texts(let list) = column.values, !column.isNull(row) else { return [] }
          let entry = codes[index].isEmpty ? 0 : codes[index][place + row]
          if coding.code == .tabled { code.varint(UInt64(entry)) }
          if entry == 0 { RecordEncoder.append(list, row, &code) }
          return code.bytes[...]
        }
        if part.allSatisfy({ $0.count <= Zstd.blockBytes }) { parts.append(part) }
      }
      place += batch.count
    }
    return parts
  }

  /// Bytes without a dictionary; long records are compressed by themselves.
  private static func size(of parts: [[ArraySlice<UInt8>]], _ zstd: Zstd) -> Int {
    parts.reduce(0) { $0 + zstd.pack(Array($1.joined())[...]).count - 1 }
  }

  /// Bytes when the candidates `chosen` share a dictionary.
  private static func size(
    of parts: [[ArraySlice<UInt8>]], sharing chosen: [Int], _ part: SharedPart
  ) -> Int {
    var record = RowBytes()
    var plain = 0
    for codes in parts {
      plain += codes.reduce(0) { $0 + $1.count } - chosen.reduce(0) { $0 + codes[$1].count }
      part.append(Array(chosen.map { codes[$0] }.joined())[...], to: &record)
    }
    return record.bytes.count + plain
  }
}
