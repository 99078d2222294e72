import VSQLSchema

extension SegmentReader {
  /// Hands over the plain content of every sealed unit of the three files that still opens, erased rows' cells among them, read
  /// from the device again: packed cells unpacked, keys of runs and values of tables whole.
  ///
  /// - Parameter body: takes the file's path, what the unit is, and its content.
  package func units(_ body: (_ path: String, _ what: String, _ content: [UInt8]) -> Void)
    throws(StorageError)
  {
    let fresh = SegmentGeneration(site, manifest: manifest, table: table)
    let (manifest, contents, keys) = (fresh.manifest, try fresh.contents(), try fresh.keys())
    for unit in DirectoryUnit.allCases { body(manifest.directoryPath, unit.name, contents.content(of: unit)) }
    for run in contents.indexRuns {
      body(manifest.directoryPath, "index run", SegmentContents.content(run.run))
    }
    for run in contents.filteredRuns {
      guard manifest.place(ofFilter: run.index) != nil, let filter = KeyFilter(of: run.run) else { continue }
      body(manifest.directoryPath, "filter of keys", filter.content)
    }
    if let dictionary = contents.dictionary {
      body(manifest.directoryPath, "shared dictionary", dictionary.encode())
    }
    let shared = try contents.dictionary.map { dictionary throws(StorageError) in
      try ZstdDecompressionDictionary(dictionary.bytes[...])
    }
    for run in [contents.entityIndex, contents.keyRun] + contents.indexRuns.map(\.run) {
      guard let run else { continue }
      for index in 0..<run.count { body(manifest.directoryPath, "key of a run", Array(run.keys[index])) }
    }
    let file = try site.device.open(manifest.cellPath, .read)
    let (zstd, sealer) = (try Zstd(), Sealer())
    for (number, group) in contents.directory.groups.enumerated() {
      for row in 0..<group.cells.count {
        let range = group.cells.range(row)
        if range.isEmpty { continue }
        let sealed = try file.read(at: range.lowerBound, count: range.count)
        let place = UnitPlace(
          database: site.keys.database, tenant: manifest.tenant, table: manifest.table, file: manifest.id.raw,
          kind: manifest.seal.unitKind, group: UInt32(number), ordinal: UInt64(row))
        var plain: [UInt8] = []
        guard
          sealer.open(
            sealed[...], key: keys.blocks[row / SegmentFormat.blockKeys],
            index: row % SegmentFormat.blockKeys,
            nonce: .fixed(group: UInt32(number)), associatedData: place.associatedData, appendingTo: &plain)
        else { continue }
        var content: [UInt8] = []
        switch group.content {
        case .records:
          if plain.first == RecordLayout.compressedFlag {
            _ = zstd.unframe(plain.span.extracting(1...), limit: 1 << 31, appendingTo: &content)
          } else {
            content = plain
          }
          if let shared {
            var whole = RowBytes()
            let record = RowBytes(bytes: content, ends: [content.count])
            if contents.directory.layout.expand(record, zstd, shared, into: &whole) == nil {
              content = whole.bytes
            }
          }
        case .planes(let column):
          var planes: [UInt8] = []
          guard case .vector(let shape) = table.columns[column].type,
            zstd.unpack(plain.span, appendingTo: &planes), planes.count == shape.byteCount
          else { continue }
          VectorPlanes(shape).join(planes.span, appendingTo: &content)
        case .long, .pages: _ = zstd.unpack(plain.span, appendingTo: &content)
        case .vector: content = plain
        }
        body(manifest.cellPath, "cell of row \(row), group \(number)", content)
      }
    }
  }
}
