import VSQLDiagnostics
import VSQLSchema

/// The rows of a batch that an expression is asked for: what stands in others means nothing and never raises.
struct Rows: Sendable {
  /// Rows of the batch.
  let count: Int
  /// Ascending; nil: all.
  let positions: [UInt16]?

  init(count: Int, positions: [UInt16]? = nil) {
    self.count = count
    self.positions = positions
  }

  var selectedCount: Int { positions?.count ?? count }
  var isEmpty: Bool { selectedCount == 0 }

  @inline(__always)
  func forEach<Failure: Error>(_ body: (Int) throws(Failure) -> Void) throws(Failure) {
    if let positions {
      for position in positions { try body(Int(position)) }
    } else {
      for row in 0..<count { try body(row) }
    }
  }

  /// The rows for which `test` holds.
  @inline(__always)
  func filter(_ test: (Int) -> Bool) -> Rows {
    var kept: [UInt16] = []
    kept.reserveCapacity(selectedCount)
    forEach { row in
      if test(row) { kept.append(UInt16(truncatingIfNeeded: row)) }
    }
    return kept.count == count ? Rows(count: count) : Rows(count: count, positions: kept)
  }

  var none: Rows { Rows(count: count, positions: []) }

  /// The rows that are not in `others`, which are some of these.
  func subtracting(_ others: Rows) -> Rows {
    guard let taken = others.positions else { return none }
    if taken.isEmpty { return self }
    var next = 0
    return filter { row in
      if next < taken.count, Int(taken[next]) == row {
        next += 1
        return false
      }
      return true
    }
  }

  /// The rows that are in either; the two have none in common.
  func merged(with others: Rows) -> Rows {
    guard let a = positions else { return self }
    guard let b = others.positions else { return others }
    if a.isEmpty { return others }
    if b.isEmpty { return self }
    var merged: [UInt16] = []
    merged.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if a[i] < b[j] {
        merged.append(a[i])
        i += 1
      } else {
        merged.append(b[j])
        j += 1
      }
    }
    merged.append(contentsOf: a[i...])
    merged.append(contentsOf: b[j...])
    return merged.count == count ? Rows(count: count) : Rows(count: count, positions: merged)
  }
}

/// How far a kernel runs: over all rows of the batch, or over the one that stands for all when every argument is constant.
struct Extent: Sendable {
  let rows: Rows
  let count: Int
  let isConstant: Bool

  init(_ columns: [Column], rows: Rows) {
    self.rows = rows
    isConstant = columns.allSatisfy(\.isConstant)
    count = isConstant ? 1 : rows.count
  }

  @inline(__always)
  func forEachSelected<Failure: Error>(
    _ validity: [Bool]?, _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    if isConstant {
      if !rows.isEmpty, validity?[0] ?? true { try body(0) }
    } else if let validity {
      try rows.forEach { row throws(Failure) in if validity[row] { try body(row) } }
    } else {
      try rows.forEach(body)
    }
  }

  /// Whether `test` holds for a row that is selected and not NULL.
  @inline(__always)
  func containsSelected(_ validity: [Bool]?, where test: (Int) -> Bool) -> Bool {
    var found = false
    forEachSelected(validity) { row in found = found || test(row) }
    return found
  }

  func column(_ type: SQLType, _ values: ColumnValues, _ validity: [Bool]? = nil) -> Column {
    Column(type: type, values: values, validity: validity, count: rows.count, isConstant: isConstant)
  }
}

/// The arguments of a strict function: NULL where one of them is.
struct StrictArguments: Sendable {
  let extent: Extent
  let validity: [Bool]?

  /// Nil when an argument is the constant NULL, and so the result too.
  init?(_ columns: [Column], rows: Rows) {
    extent = Extent(columns, rows: rows)
    var validity: [Bool]?
    for column in columns {
      guard let own = column.validity else { continue }
      if column.isConstant {
        if !own[0] { return nil }
      } else {
        validity = validity.map { Loops.both($0, own) } ?? own
      }
    }
    self.validity = validity
  }

  func column(_ type: SQLType, _ values: ColumnValues) -> Column { extent.column(type, values, validity) }
}
