import VSQLSchema

/// Column groups opened on all cores.
extension SegmentGeneration {
  /// A vector column of `rows`, each part of which goes to its place in the one array.
  func vectors(
    _ column: Int, _ work: GroupOpening, _ parts: [Range<Int>], _ rows: Range<Int>
  ) throws(StorageError) -> Column {
    let (directory, group, gone) = (work.directory, work.group, work.gone)
    guard case .vector(let shape) = directory.types[column] else { throw noGroup(column) }
    let width = shape.byteCount
    let makeOpener = try openerMaker()
    let places = parts.map { part -> Range<Int> in
      let start = (part.lowerBound - rows.lowerBound) * width
      return start..<start + part.count * width
    }
    let (bytes, _) = try Parallel.array(UInt8.self, count: rows.count * width, parts: places) {
      index, out throws(StorageError) in
      try makeOpener().vectors(directory, group: group, parts[index], width: width, gone: gone, into: &out)
      return true
    }
    return Column(
      type: directory.types[column], values: .vectors(VectorValues(shape: shape, bytes: bytes)),
      validity: directory.validity(ofGroup: group, rows, gone: gone), count: rows.count)
  }

  /// `rows` in as many parts as there are cores, cut between pages; fewer rows than a part's least are not worth a thread.
  static func parts(of rows: Range<Int>) -> [Range<Int>] {
    let count = max(1, min(Parallel.coreCount, rows.count / leastPartRows))
    let pages = (rows.count + SegmentFormat.pageRows - 1) / SegmentFormat.pageRows
    let size = (pages + count - 1) / count * SegmentFormat.pageRows
    return stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, size)).map {
      $0..<min($0 + size, rows.upperBound)
    }
  }

  /// About 4 ms of opening; a thread costs some 50 us.
  private static let leastPartRows = 4_096
}

/// What opening a group takes, whoever does it.
struct GroupOpening: Sendable {
  let group: Int
  let directory: SegmentDirectory
  let tables: [Int: ValueTable]
  let gone: [Bool]?

  func columns(_ rows: Range<Int>, _ opener: SegmentOpener) throws(StorageError) -> [Int: Column] {
    switch directory.groups[group].content {
    case .records:
      return try opener.records(directory, group: group, rows, tables: tables, gone: gone)
    case .long(let column):
      return [column: try opener.longs(directory, group: group, rows, column: column, gone: gone)]
    case .planes(let column):
      guard case .vector(let shape) = directory.types[column] else { return [:] }
      return [
        column: try opener.planes(directory, group: group, rows, column: column, shape: shape, gone: gone)
      ]
    // Go straight to their place.
    case .vector, .pages: return [:]
    }
  }
}
