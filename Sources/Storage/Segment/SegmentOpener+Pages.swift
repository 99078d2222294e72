import VSQLSchema

/// Columns in pages, each a unit of its own.
extension SegmentOpener {
  /// Values of `rows`, which begin with a page, into as many places.
  ///
  /// - Returns: which of them are there; nil: all.
  func pages<Value: PagedValue>(
    _ directory: SegmentDirectory, group: Int, _ rows: Range<Int>, into out: inout MutableSpan<Value>
  ) throws(StorageError) -> [Bool]? {
    defer { releasePages() }
    var decoder = PageDecoder()
    for page in Self.pages(of: rows) {
      var content = try content(ofPage: page, of: rows, directory, group: group)
      let (whole, start) = (self.rows(of: page), page * SegmentFormat.pageRows - rows.lowerBound)
      if whole.upperBound <= rows.upperBound {
        try out.withPlaces(start..<start + whole.count) { part throws(StorageError) in
          try decoder.decode(&content, into: &part)
        }
      } else {
        var values = [Value](repeating: Value.absent, count: whole.count)
        var all = values.mutableSpan
        try decoder.decode(&content, into: &all)
        for index in 0..<rows.upperBound - whole.lowerBound { out[start + index] = values[index] }
      }
      pageContent = content.bytes
    }
    return decoder.validity.map { Array($0.prefix(rows.count)) }
  }

  /// The same of vectors, `shape.byteCount` bytes of `out` for each row.
  func pages(
    _ directory: SegmentDirectory, group: Int, _ rows: Range<Int>, shape: VectorShape,
    into out: inout MutableSpan<UInt8>
  ) throws(StorageError) -> [Bool]? {
    defer { releasePages() }
    var decoder = PageDecoder()
    let width = shape.byteCount
    for page in Self.pages(of: rows) {
      var content = try content(ofPage: page, of: rows, directory, group: group)
      let (whole, start) = (self.rows(of: page), (page * SegmentFormat.pageRows - rows.lowerBound) * width)
      var bytes = [UInt8](repeating: 0, count: whole.count * width)
      var all = bytes.mutableSpan
      try decoder.decode(&content, rows: whole.count, shape: shape, into: &all)
      let count = (min(rows.upperBound, whole.upperBound) - whole.lowerBound) * width
      for index in 0..<count { out[start + index] = bytes[index] }
      pageContent = content.bytes
    }
    return decoder.validity.map { Array($0.prefix(rows.count)) }
  }

  /// The same of texts and blobs.
  func textPages(
    _ directory: SegmentDirectory, group: Int, _ rows: Range<Int>
  ) throws(StorageError) -> (values: TextValues, validity: [Bool]?) {
    defer { releasePages() }
    var decoder = PageDecoder()
    var list = TextValues()
    list.offsets.reserveCapacity(rows.count + SegmentFormat.pageRows)
    let pages = Self.pages(of: rows)
    for page in pages {
      var content = try content(ofPage: page, of: rows, directory, group: group)
      try decoder.decode(&content, rows: self.rows(of: page).count, to: &list)
      pageContent = content.bytes
      // The others will hardly be much longer than the first.
      if page == pages.lowerBound { list.bytes.reserveCapacity(list.bytes.count * pages.count * 17 / 16) }
    }
    if list.offsets.count > rows.count + 1 {
      list.offsets.removeLast(list.offsets.count - rows.count - 1)
      list.bytes.removeLast(list.bytes.count - Int(list.offsets.last ?? 0))
    }
    return (list, decoder.validity.map { Array($0.prefix(rows.count)) })
  }

  /// The forms of a column's pages, in the order in which they are met.
  func pageForms(_ directory: SegmentDirectory, group: Int) throws(StorageError) -> [String] {
    let cells = directory.groups[group].cells
    var names: [String] = []
    for page in 0..<cells.count {
      var content = try content(ofPage: page, directory, group: group)
      // What is not packed is read where it lies, after a flag.
      let isPacked = content.offset == 0
      guard let form = PageForm(rawValue: try content.u8()) else { continue }
      let name = form.name + (isPacked ? ", zstd" : "")
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// A page alone.
  private func content(
    ofPage page: Int, _ directory: SegmentDirectory, group: Int
  ) throws(StorageError) -> ByteReader {
    try content(ofPage: page, of: rows(of: page), directory, group: group)
  }

  /// A page of some that are opened one after the other: some that follow it are read with it.
  private func content(
    ofPage page: Int, of rows: Range<Int>, _ directory: SegmentDirectory, group: Int
  ) throws(StorageError) -> ByteReader {
    let cells = directory.groups[group].cells
    let keys = try keptKeys(page)
    if pagesRead.group != group || !pagesRead.pages.contains(page) {
      let end = SegmentFormat.pages(rows: rows.upperBound)
      var next = page + 1
      while next < end, cells.range(page..<next + 1).count <= Self.pageBytesRead { next += 1 }
      pagesRead = PageRun(group: group, pages: page..<next)
      let range = cells.range(pagesRead.pages)
      try cellsOnDevice().read(at: range.lowerBound, count: range.count, into: &sealedPages)
    }
    let (cell, start) = (cells.range(page), cells.range(pagesRead.pages).lowerBound)
    var sealed: [UInt8] = []
    swap(&sealed, &sealedPages)
    defer { swap(&sealed, &sealedPages) }
    return try open(
      sealed.span.extracting(cell.lowerBound - start..<cell.upperBound - start), page: page, group: group,
      cell, keys: keys)
  }

  private func open(
    _ sealed: Span<UInt8>, page: Int, group: Int, _ cell: Range<Int>, keys: KeyBlock
  ) throws(StorageError) -> ByteReader {
    let count = sealed.count - Sealer.tagBytes
    // The last page's memory, unless that is in use still.
    var (packed, content): ([UInt8], [UInt8]) = ([], [])
    swap(&packed, &plain)
    swap(&content, &pageContent)
    if packed.count > count { packed.removeLast(packed.count - count) }
    if packed.count < count { packed.append(contentsOf: repeatElement(0, count: count - packed.count)) }
    guard count > 0, cipher.open(sealed, keys: keys, group: group, row: page, into: &packed, at: 0) else {
      throw unauthentic(group, cell)
    }
    if packed[0] == Zstd.plainFlag {
      // Read as it lies, after the flag.
      plain = content
      var reader = ByteReader(packed, path: cellPath, base: cell.lowerBound)
      _ = try reader.u8()
      return reader
    }
    content.removeAll(keepingCapacity: true)
    guard try zstd().unpack(packed.span, limit: 1 << 31, appendingTo: &content) else {
      throw unreadable(cell)
    }
    plain = packed
    return ByteReader(content, path: cellPath, base: cell.lowerBound)
  }

  /// Sealed, at once; more where one page has more.
  private static let pageBytesRead = 1 << 18

  /// Every segment has an opener: what one page takes is not to be multiplied by that.
  private func releasePages() {
    pagesRead = PageRun()
    (sealedPages, plain, pageContent) = ([], [], [])
  }

  private static func pages(of rows: Range<Int>) -> Range<Int> {
    rows.lowerBound / SegmentFormat.pageRows..<SegmentFormat.pages(rows: rows.upperBound)
  }

  private func unreadable(_ cell: Range<Int>) -> StorageError {
    .malformed(path: cellPath, offset: cell.lowerBound, what: "the page does not decompress")
  }

  private func rows(of page: Int) -> Range<Int> {
    page * SegmentFormat.pageRows..<min(manifest.rowCount, (page + 1) * SegmentFormat.pageRows)
  }
}

/// Pages of a group that are read at once.
struct PageRun {
  var group = -1
  var pages = 0..<0
}
