import VSQLDiagnostics
import VSQLSchema

/// The built side of a join: its rows, and, by key, which of them match.
struct JoinTable {
  let columns: [Column]
  let count: Int
  let textLimit: TextLimit
  private let matching: Matching

  private enum Matching {
    case byKey(KeyTable, first: [Int32], next: [Int32])
    /// No keys: every row is a candidate.
    case all
  }

  /// Reads all of `source`. With `keys`, rows of which a key is NULL are left out: they match nothing.
  init(_ source: any BatchSource, types: [SQLType], keys: [CompiledScalar]?, run: Run) throws {
    var rows = RowStack(types: types)
    guard let keys else {
      while let batch = try source.next() {
        try run.check()
        try rows.append(batch)
      }
      (columns, count, matching) = (rows.finish(), rows.count, .all)
      textLimit = TextLimit(columns)
      return
    }
    var table = KeyTable(seed: run.hashSeed)
    var first: [Int32] = []
    var last: [Int32] = []
    var next: [Int32] = []
    while let batch = try source.next() {
      try run.check()
      let (keyed, rowKeys) = try JoinTable.keyed(batch, keys)
      for number in try table.insert(rowKeys).map(Int.init) {
        let row = Int32(truncatingIfNeeded: next.count)
        next.append(-1)
        if number == first.count {
          first.append(row)
          last.append(row)
        } else {
          next[Int(last[number])] = row
          last[number] = row
        }
      }
      try rows.append(keyed)
    }
    (columns, count, matching) = (rows.finish(), rows.count, .byKey(table, first: first, next: next))
    textLimit = TextLimit(columns)
  }

  /// The rows of `batch` without a NULL among their keys, and those keys.
  private static func keyed(_ batch: Batch, _ keys: [CompiledScalar]) throws(Diagnostic) -> (
    Batch, EncodedKeys
  ) {
    var keyed = batch
    var columns: [Column] = []
    for key in keys { columns.append(try key.evaluate(batch)) }
    for column in columns {
      guard let validity = column.validity else { continue }
      let rows = keyed.selection ?? (0..<keyed.count).map { UInt16(truncatingIfNeeded: $0) }
      keyed.selection = rows.filter { validity[column.isConstant ? 0 : Int($0)] }
    }
    let rowKeys = try KeyEncoder(partCount: keys.count).encode(
      columns, count: keyed.count, selection: keyed.selection)
    return (keyed, rowKeys)
  }

  /// The first candidate of each row of `batch`, which has no selection; −1 where there is none.
  func firstCandidates(of batch: Batch, keys: [CompiledScalar]) throws(Diagnostic) -> [Int32] {
    switch matching {
    case .all: return Array(repeating: count > 0 ? 0 : -1, count: batch.count)
    case .byKey(let table, let first, _):
      var columns: [Column] = []
      for key in keys { columns.append(try key.evaluate(batch)) }
      var candidates = table.lookup(try KeyEncoder(partCount: keys.count).encode(columns, count: batch.count))
      for row in candidates.indices where candidates[row] >= 0 {
        // A NULL in the probing key is in no key of the table, since those have none.
        candidates[row] = first[Int(candidates[row])]
      }
      return candidates
    }
  }

  /// The candidate behind `row`, in the order of the built rows; −1 behind the last.
  @inline(__always)
  func candidate(after row: Int32) -> Int32 {
    switch matching {
    case .all: Int(row) + 1 < count ? row + 1 : -1
    case .byKey(_, _, let next): next[Int(row)]
    }
  }
}
