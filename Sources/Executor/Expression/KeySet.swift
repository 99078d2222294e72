import VSQLDiagnostics
import VSQLSchema

/// The values of one column as a set: IN over constants or over a subquery's answer.
struct KeySet: Sendable {
  private let keys: EncodedKeys
  /// Open addressing, a power of two, at most half full; −1: empty.
  private let slots: [Int32]
  private let seed: UInt64
  private let hasNull: Bool
  private let isEmpty: Bool
  /// The values in constant form where there are so few that comparing with each is faster than hashing.
  private let few: [Column]
  private static let encoder = KeyEncoder(partCount: 1)

  init(_ column: Column, seed: UInt64) throws(Diagnostic) {
    keys = try KeySet.encoder.encode([column], count: column.count)
    isEmpty = keys.count == 0
    hasNull = keys.hasNull?.contains(true) ?? false
    self.seed = seed
    let limit = column.type.physicalKind == .text ? 4 : 12
    few = column.count <= limit && !hasNull ? (0..<column.count).map { KeySet.single(column, $0) } : []
    var size = 2
    while size < keys.count * 2 { size *= 2 }
    var slots = [Int32](repeating: -1, count: size)
    let hashes = keys.hashes(seed: seed)
    for key in 0..<keys.count where !(keys.hasNull?[key] ?? false) {
      var slot = Int(truncatingIfNeeded: hashes[key]) & (size - 1)
      while slots[slot] >= 0, !keys.equal(Int(slots[slot]), keys, key) { slot = (slot + 1) & (size - 1) }
      if slots[slot] < 0 { slots[slot] = Int32(truncatingIfNeeded: key) }
    }
    self.slots = slots
  }

  private static func single(_ column: Column, _ row: Int) -> Column {
    var value = Columns.flattened(Columns.slice(column, row..<row + 1))
    value.isConstant = true
    return value
  }

  /// `column IN set`: NULL where it is not found and either the value or one of the set is NULL.
  func contains(_ column: Column, negated: Bool, _ rows: Rows) throws(Diagnostic) -> Column {
    let extent = Extent([column], rows: rows)
    if isEmpty { return try Columns.constant(.boolean(negated), type: .boolean, count: rows.count) }
    if !few.isEmpty { return try containsOneOfFew(column, negated: negated, rows) }
    var flags = [Bool](repeating: negated, count: extent.count)
    var validity = [Bool](repeating: !hasNull, count: extent.count)
    let probes = try KeySet.encoder.encode(
      [column], count: extent.count, selection: extent.isConstant ? nil : rows.positions)
    let hashes = probes.hashes(seed: seed)
    let mask = slots.count - 1
    for probe in 0..<probes.count {
      let row = extent.isConstant ? 0 : rows.positions.map { Int($0[probe]) } ?? probe
      if probes.hasNull?[probe] ?? false {
        validity[row] = false
        continue
      }
      var slot = Int(truncatingIfNeeded: hashes[probe]) & mask
      while slots[slot] >= 0 {
        if keys.equal(Int(slots[slot]), probes, probe) {
          flags[row] = !negated
          validity[row] = true
          break
        }
        slot = (slot + 1) & mask
      }
    }
    let mayBeNull = hasNull || column.validity != nil
    return extent.column(.boolean, .booleans(flags), mayBeNull ? validity : nil)
  }

  private func containsOneOfFew(_ column: Column, negated: Bool, _ rows: Rows) throws(Diagnostic) -> Column {
    var found = try Comparing.column(.equal, column, few[0], rows)
    for value in few.dropFirst() {
      let equal = try Comparing.column(.equal, column, value, rows)
      let count = found.isConstant ? 1 : rows.count
      found.values = .booleans(Loops.map(try found.booleanLane, try equal.booleanLane, count) { $0 || $1 })
    }
    return negated ? try Logic.not(found, rows) : found
  }
}
