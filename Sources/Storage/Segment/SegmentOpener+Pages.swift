import VSQLSchema

/// Columns in pages, each a unit of its own.
extension SegmentOpener {
  /// A column of `rows`, which begin with a page.
  func pages(
    _ directory: SegmentDirectory, group: Int, _ rows: Range<Int>, column: Int
  ) throws(StorageError) -> Column {
    let cells = directory.groups[group].cells
    let numbers = rows.lowerBound / SegmentFormat.pageRows..<SegmentFormat.pages(rows: rows.upperBound)
    var decoder = PageDecoder(type: directory.types[column], capacity: numbers.count * SegmentFormat.pageRows)
    var (count, next) = (0, numbers.lowerBound)
    while next < numbers.upperBound {
      // The pages whose keys lie in one block.
      let block = next / SegmentFormat.blockKeys
      let run = next..<min(numbers.upperBound, (block + 1) * SegmentFormat.blockKeys)
      let keys = try recordKeys(block..<block + 1)
      let range = cells.range(run)
      let sealed = try cellsOnDevice().read(at: range.lowerBound, count: range.count)
      for page in run {
        let cell = cells.range(page)
        let unit = sealed.span.extracting(
          cell.lowerBound - range.lowerBound..<cell.upperBound - range.lowerBound)
        var content = try open(unit, page: page, group: group, cell, keys: keys[0])
        try decoder.decode(&content, rows: self.rows(of: page).count)
        count += self.rows(of: page).count
      }
      next = run.upperBound
    }
    let whole = decoder.finish()
    return count == rows.count ? whole : whole.slice(0..<rows.count)
  }

  /// The rows `ordinals` of a column, in their order: opens their pages, each once as long as they follow each other.
  func pageRows(
    _ ordinals: [Int], _ directory: SegmentDirectory, group: Int, column: Int
  ) throws(StorageError) -> Column {
    let numbers = Set(ordinals.map { $0 / SegmentFormat.pageRows }).sorted()
    var places: [Int: Int] = [:]
    var decoder = PageDecoder(
      type: directory.types[column], capacity: numbers.count * SegmentFormat.pageRows)
    var count = 0
    for page in numbers {
      var content = try self.content(ofPage: page, directory, group: group)
      try decoder.decode(&content, rows: rows(of: page).count)
      places[page] = count
      count += rows(of: page).count
    }
    return decoder.finish().gather(
      ordinals.map { (places[$0 / SegmentFormat.pageRows] ?? 0) + $0 % SegmentFormat.pageRows })
  }

  /// The forms of a column's pages, in the order in which they are met.
  func pageForms(_ directory: SegmentDirectory, group: Int) throws(StorageError) -> [String] {
    let cells = directory.groups[group].cells
    var names: [String] = []
    for page in 0..<cells.count {
      let content = try content(ofPage: page, directory, group: group)
      let isPacked = content.bytes.count + 1 + Sealer.tagBytes > cells.range(page).count
      guard let form = PageDecoder.form(content.bytes) else { continue }
      let name = form.name + (isPacked ? ", zstd" : "")
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func content(
    ofPage page: Int, _ directory: SegmentDirectory, group: Int
  ) throws(StorageError) -> ByteReader {
    let cell = directory.groups[group].cells.range(page)
    let sealed = try cellsOnDevice().read(at: cell.lowerBound, count: cell.count)
    return try open(sealed.span, page: page, group: group, cell, keys: try keptKeys(page))
  }

  private func open(
    _ sealed: Span<UInt8>, page: Int, group: Int, _ cell: Range<Int>, keys: KeyBlock
  ) throws(StorageError) -> ByteReader {
    if plain.count < sealed.count { plain = Array(repeating: 0, count: sealed.count * 2) }
    guard cipher.open(sealed, keys: keys, group: group, row: page, into: &plain, at: 0) else {
      throw unauthentic(group, cell)
    }
    var content: [UInt8] = []
    content.reserveCapacity(sealed.count * 4)
    guard
      try zstd().unpack(
        plain.span.extracting(0..<sealed.count - Sealer.tagBytes), limit: 1 << 31, appendingTo: &content)
    else { throw unreadable(cell) }
    return ByteReader(content, path: manifest.cellPath, base: cell.lowerBound)
  }

  private func unreadable(_ cell: Range<Int>) -> StorageError {
    .malformed(path: manifest.cellPath, offset: cell.lowerBound, what: "the page does not decompress")
  }

  private func rows(of page: Int) -> Range<Int> {
    page * SegmentFormat.pageRows..<min(manifest.rowCount, (page + 1) * SegmentFormat.pageRows)
  }
}
