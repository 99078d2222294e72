import VSQLSchema

/// What the parts of a segment take, in bytes.
package struct SegmentStorage: Sendable {
  package struct Part: Sendable {
    package var encoding: String
    package var rawBytes: Int
    package var storedBytes: Int
  }

  /// By column ordinal.
  package var columns: [Part] = []
  /// AES-GCM tags of cells.
  package var tagBytes = 0
  /// Headers of the three files.
  package var headerBytes = 0
}

extension SegmentReader {
  /// Measured over the rows that are not erased; opens every column.
  ///
  /// The scalar columns of a record share a cell that is compressed as one: each is given the part of it that its codes take before that.
  package func storage() throws(StorageError) -> SegmentStorage {
    let segment = SegmentGeneration(site, manifest: manifest, table: table)
    let directory = try segment.directory()
    let columns = try segment.columns(Array(table.columns.indices))
    var found = SegmentStorage()
    found.columns = columns.map {
      SegmentStorage.Part(encoding: "", rawBytes: $0.rawBytes, storedBytes: 0)
    }
    let gone = Set(directory.erased)
    for group in directory.groups {
      var (cells, bytes) = (0, 0)
      for row in 0..<group.cells.count where !gone.contains(row) {
        let size = group.cells.range(row).count
        if size > 0 { (cells, bytes) = (cells + 1, bytes + size - Sealer.tagBytes) }
      }
      found.tagBytes += cells * Sealer.tagBytes
      switch group.content {
      case .vector(let column):
        found.columns[column].encoding = "plain"
        found.columns[column].storedBytes = bytes
      case .pages(let column):
        found.columns[column].encoding = try segment.pageForms(column)
        found.columns[column].storedBytes = bytes
      case .planes(let column):
        found.columns[column].encoding = "byte planes, zstd"
        found.columns[column].storedBytes = bytes
      case .long(let column):
        found.columns[column].encoding = bytes < found.columns[column].rawBytes ? "zstd" : "plain"
        found.columns[column].storedBytes = bytes
      case .records:
        let (codes, plainBytes) = Self.codeBytes(directory, columns, try segment.codes(of: columns), gone)
        // Of cells with a dictionary: what the columns that do not share it take, as they are.
        let layout = directory.layout
        let shared = layout.order.prefix(layout.sharedCount).reduce(0) { $0 + codes[$1] }
        let own = codes.reduce(0, +) - shared
        let ownBytes = layout.sharedCount == 0 ? bytes : min(bytes, plainBytes - shared)
        let isPacked = layout.sharedCount == 0 && bytes < plainBytes
        for (index, coding) in layout.columns.enumerated() {
          let (part, of) = coding.isShared ? (bytes - ownBytes, shared) : (ownBytes, own)
          found.columns[coding.column].encoding =
            coding.code.name + (coding.isShared ? ", shared dictionary" : isPacked ? ", zstd" : "")
          found.columns[coding.column].storedBytes = of == 0 ? 0 : part * codes[index] / of
        }
      }
    }
    found.headerBytes = SegmentFormat.cellHeaderBytes + SegmentFormat.directoryHeaderBytes
    return found
  }

  /// Bytes of all rows' codes, by index in the layout, and of the records of all that are not erased; before compression.
  private static func codeBytes(
    _ directory: SegmentDirectory, _ columns: [Column], _ codes: (Int) -> [UInt32], _ gone: Set<Int>
  ) -> (codes: [Int], records: Int) {
    let codes = directory.layout.columns.map { $0.code.isTabled ? codes($0.column) : [] }
    var encoder = RecordEncoder(layout: directory.layout, codes: codes)
    var records = RowBytes()
    encoder.encode(Batch(columns: columns, count: directory.rowCount), first: 0, into: &records)
    let codeBytes = zip(directory.layout.columns, encoder.lastBytes).map { coding, bytes in
      bytes + (directory.rowCount * (coding.code == .bit ? 1 : coding.code.fieldWidth ?? 0) + 7) / 8
    }
    let live = (0..<directory.rowCount).lazy.filter { !gone.contains($0) }
    return (codeBytes, live.reduce(0) { $0 + records.range($1).count })
  }
}

extension ValueCode {
  fileprivate var name: String {
    switch self {
    case .bit: "bit"
    case .offset: "offset from a base"
    case .signed: "varint"
    case .double, .uuid, .text, .paged: "plain"
    case .decimal: "scale and varint"
    case .tabled: "value table"
    case .packed(.integer, let packing): "offset, \(packing.width) bits"
    case .packed(.decimal, let packing), .packed(.scaledDouble, let packing):
      "scaled integer, \(packing.width) bits"
    case .packed(.doubleBits, let packing): "offset of the bits, \(packing.width) bits"
    case .tabledField(let width): "value table, \(width) bits"
    }
  }

  fileprivate var isTabled: Bool {
    switch self {
    case .tabled, .tabledField: true
    case .bit, .offset, .signed, .double, .decimal, .uuid, .text, .packed, .paged: false
    }
  }
}

extension Column {
  /// Bytes of the values that are not NULL, each as its type has it without a length.
  fileprivate var rawBytes: Int {
    let present = (0..<count).filter { !isNull($0) }
    switch values {
    case .booleans: return present.count
    case .int32s: return present.count * 4
    case .int64s, .doubles: return present.count * 8
    case .decimals, .uuids: return present.count * 16
    case .texts(let list): return present.reduce(0) { $0 + list.range($1).count }
    case .vectors(let list): return present.count * list.shape.byteCount
    }
  }
}
