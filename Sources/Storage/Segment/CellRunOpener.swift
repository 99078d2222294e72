import VSQLSchema

/// Opens the cells of many rows in a row: keys, sealed bytes and associated data lie in buffers that are used again, so that beside
/// libcrypto's calls a cell costs some tens of nanoseconds. One thread at a time.
@safe final class CellRunOpener {
  /// Sealed cells read at once: what the next cache level holds beside all else. More where one block's cells are more.
  private static let chunkBytes = 1 << 17
  /// Wrapped blocks of keys read at once.
  private static let keyBlocksRead = 16

  private let manifest: SegmentManifest
  private let keyFile: SegmentKeyFile
  private let files: SegmentOpener.OpenedFiles
  private let sealer = Sealer()
  private let keys = KeyBlockBuffer()
  // The cell's place, `AssociatedData.byteCount` bytes that this object alone owns.
  private let place: UnsafeMutableRawPointer

  private var wrapped: [UInt8] = []
  private var sealed: [UInt8] = []
  private var bounds: [Int] = []

  init(_ site: SegmentSite, manifest: SegmentManifest, files: SegmentOpener.OpenedFiles) {
    self.manifest = manifest
    self.files = files
    keyFile = SegmentKeyFile(site: site, manifest: manifest)
    let bytes = UnitPlace(
      database: site.keys.database, tenant: manifest.tenant, table: manifest.table, file: manifest.id.raw,
      kind: manifest.seal.unitKind
    ).associatedData
    unsafe place = .allocate(byteCount: bytes.count, alignment: 8)
    for (index, byte) in bytes.enumerated() {
      unsafe place.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
  }

  deinit { unsafe place.deallocate() }

  /// Opens the cells of `rows`, from a multiple of a block of keys on, one after the other into `opened`; empty where the row is gone or has none.
  func open(
    _ rows: Range<Int>, _ cells: CellTable, group: Int, gone: [Bool]?, into opened: inout RowBytes
  ) throws(StorageError) {
    opened.ends.removeAll(keepingCapacity: true)
    cells.bounds(rows, into: &bounds)
    var end = 0
    for index in 0..<rows.count {
      let size = bounds[index + 1] - bounds[index]
      if size > 0, !(gone?[rows.lowerBound + index] ?? false) {
        guard size >= Sealer.tagBytes else { throw tooShort(cells.range(rows.lowerBound + index)) }
        end += size - Sealer.tagBytes
      }
      opened.ends.append(end)
    }
    if opened.bytes.count < end { opened.bytes = Array(repeating: 0, count: end) }
    let ends = opened.ends
    var failure: StorageError?
    unsafe opened.bytes.withUnsafeMutableBytes { out in
      do throws(StorageError) {
        try unsafe open(rows, cells, group: group, gone: gone, into: out) { $0 == 0 ? 0 : ends[$0 - 1] }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Opens the cells of `rows`, from a multiple of a block of keys on, each `width` bytes, into `out`, which has as many for each row; zeros where the
  /// row is gone or has none.
  func open(
    _ rows: Range<Int>, _ cells: CellTable, group: Int, gone: [Bool]?, width: Int,
    into out: inout MutableSpan<UInt8>
  ) throws(StorageError) {
    precondition(out.count == rows.count * width, "each row has its place")
    for row in rows {
      let size = cells.range(row).count
      if size == 0 || gone?[row] ?? false {
        let start = (row - rows.lowerBound) * width
        for index in start..<start + width { out[index] = 0 }
      } else if size != width + Sealer.tagBytes {
        throw tooShort(cells.range(row))
      }
    }
    var failure: StorageError?
    unsafe out.withUnsafeMutableBytes { out in
      do throws(StorageError) {
        try unsafe open(rows, cells, group: group, gone: gone, into: out) { $0 * width }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// - Parameter offset: where in `out` a cell goes, by index in `rows`; `out` has room for it, as the callers see to.
  @inline(__always)
  private func open(
    _ rows: Range<Int>, _ cells: CellTable, group: Int, gone: [Bool]?,
    into out: UnsafeMutableRawBufferPointer,
    offset: (Int) -> Int
  ) throws(StorageError) {
    // Taken out for the loops: a field of a class is checked for exclusive access at each use.
    var (wrapped, sealed, bounds): ([UInt8], [UInt8], [Int]) = ([], [], [])
    swap(&wrapped, &self.wrapped)
    swap(&sealed, &self.sealed)
    swap(&bounds, &self.bounds)
    defer {
      swap(&wrapped, &self.wrapped)
      swap(&sealed, &self.sealed)
      swap(&bounds, &self.bounds)
    }
    unsafe place.storeBytes(
      of: UInt32(group).littleEndian, toByteOffset: AssociatedData.groupOffset, as: UInt32.self)
    let nonce = Nonce.fixed(group: UInt32(group))
    let blocks = rows.lowerBound / SegmentFormat.blockKeys..<SegmentFormat.keyBlocks(rows.upperBound)
    var (keysRead, wrappedStart) = (blocks.lowerBound..<blocks.lowerBound, 0)
    var (cellsRead, key) = (rows.lowerBound..<rows.lowerBound, KeyBox?.none)
    for block in blocks {
      if !keysRead.contains(block) {
        keysRead = block..<min(blocks.upperBound, block + Self.keyBlocksRead)
        try keyFile.read(keysRead, files.keys, into: &wrapped)
        wrappedStart = 0
      }
      if key == nil || block % SegmentFormat.blocksPerSlot == 0 {
        key = try keyFile.wrappingKey(ofBlock: block)
      }
      let size = keyFile.wrappedBytes(ofBlock: block)
      guard let key else { continue }
      try keyFile.open(
        block, wrapped.span.extracting(wrappedStart..<wrappedStart + size), sealer: sealer, key: key,
        into: keys)
      wrappedStart += size

      let mine = block * SegmentFormat.blockKeys..<min(rows.upperBound, (block + 1) * SegmentFormat.blockKeys)
      if !cellsRead.contains(mine.lowerBound) {
        cellsRead = chunk(from: mine, to: rows.upperBound, cells)
        let range = cells.range(cellsRead)
        try files.cells.read(at: range.lowerBound, count: range.count, into: &sealed)
        cells.bounds(cellsRead, into: &bounds)
      }
      let bad = unsafe sealed.withUnsafeBytes { sealed in
        unsafe firstBad(
          mine, sealed, bounds, from: cellsRead.lowerBound, gone: gone, nonce: nonce, into: out,
          offset: { offset($0 - rows.lowerBound) })
      }
      if let bad {
        throw .unauthentic(
          path: manifest.cellPath, offset: cells.range(bad).lowerBound, what: "cell of column group \(group)")
      }
    }
  }

  /// The rows whose cells are read at once: those of a block, and of as many after it as fit.
  private func chunk(from block: Range<Int>, to end: Int, _ cells: CellTable) -> Range<Int> {
    var last = block.upperBound
    let start = cells.range(block.lowerBound).lowerBound
    while last < end {
      let next = min(end, last + SegmentFormat.blockKeys)
      if cells.range(next - 1).upperBound - start > Self.chunkBytes { break }
      last = next
    }
    return block.lowerBound..<last
  }

  /// Opens the cells of `rows`, all of one block of keys. Nil: fine; else the first row whose cell is not authentic, or has no key.
  @inline(__always)
  private func firstBad(
    _ rows: Range<Int>, _ sealed: UnsafeRawBufferPointer, _ bounds: [Int], from first: Int, gone: [Bool]?,
    nonce: Nonce, into out: UnsafeMutableRawBufferPointer, offset: (Int) -> Int
  ) -> Int? {
    let data = unsafe UnsafeRawBufferPointer(start: place, count: AssociatedData.byteCount)
    for row in rows {
      let (start, end) = (bounds[row - first], bounds[row - first + 1])
      if start == end || gone?[row] ?? false { continue }
      unsafe place.storeBytes(
        of: UInt64(row).littleEndian, toByteOffset: AssociatedData.ordinalOffset, as: UInt64.self)
      let target = offset(row)
      guard let key = unsafe keys.rawKey(row % SegmentFormat.blockKeys),
        unsafe sealer.open(
          UnsafeRawBufferPointer(rebasing: sealed[start..<end]), key: key, nonce: nonce, associatedData: data,
          into: UnsafeMutableRawBufferPointer(rebasing: out[target..<target + end - start - Sealer.tagBytes]))
      else { return row }
    }
    return nil
  }

  private func tooShort(_ range: Range<Int>) -> StorageError {
    .malformed(
      path: manifest.cellPath, offset: range.lowerBound, what: "the record is not what the directory says")
  }
}
