import VSQLDiagnostics
import VSQLSchema

/// What a transaction changed, but for its views: one value, so that the insert of a row is one access of its transaction.
struct OwnWrites: Sendable {
  /// Rows inserted one by one that no view has yet: all of one table, behind all others of it.
  var buffer: OwnRows?
  var nextProvisional = Transaction.provisionalBase
  /// What was done, in order; a mark is its length.
  var log: [Transaction.Change] = []
  /// Own unique keys, with the provisional rows that hold them.
  private var keys = OwnKeys()
  /// The bytes of the key that is being taken.
  private var keyBytes: [UInt8] = []

  /// A key that a row took.
  struct Taken {
    let key: [UInt8]
    /// `RowKeyTable.hash` of it.
    let hash: UInt64
    /// The own row that had it before.
    let before: RowID?
    /// Own rows from this one on are in no view, and none of them is deleted.
    let firstUnseen: RowID
  }

  /// Appends a row to the buffer, which is of its table and has room.
  ///
  /// - Parameter check: throws when the database, or an own row, holds a key that the row takes.
  mutating func insert(
    _ values: [Value], _ target: InsertTarget, _ check: (Taken, InsertTarget.Key) throws -> Void
  ) throws {
    let (row, mark) = (nextProvisional, log.count)
    do {
      for unique in target.keys {
        keyBytes.removeAll(keepingCapacity: true)
        guard KeyEncoder.append(unique.index.columns, in: values, to: &keyBytes) else { continue }
        try check(take(keyBytes, row, unique.place), unique)
      }
      if buffer == nil { buffer = OwnRows(of: target.definition.id, types: target.types) }
      try buffer?.append(values, row)
    } catch {
      undo(to: mark)
      throw error
    }
    log.append(.rows(1))
    nextProvisional += 1
  }

  mutating func take(_ key: [UInt8], _ row: RowID, _ place: Transaction.OwnKey) -> Taken {
    let hash = RowKeyTable.hash(key.span)
    let (before, taking) = keys.take(key.span, hash: hash, row, place)
    log.append(.key(taking))
    return Taken(
      key: key, hash: hash, before: before, firstUnseen: buffer?.rowIDs.first ?? nextProvisional)
  }

  /// Takes back own keys and rows in the buffer, and forgets changes past the first `count`; views and catalog are the caller's
  /// to restore.
  mutating func undo(to count: Int) {
    var rows = 0
    while log.count > count, let change = log.popLast() {
      switch change {
      case .key(let taking): keys.giveBack(taking)
      case .rows(let added): rows += added
      case .flush(let former):
        // What came to the buffer afterwards was counted, and is gone with it.
        buffer = OwnRows(former)
        rows = 0
      case .delete, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant: break
      }
    }
    if rows > 0 { buffer?.removeLast(rows) }
    if buffer?.count == 0 { buffer = nil }
  }
}
