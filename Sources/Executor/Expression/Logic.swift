import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// Three-valued logic over columns.
enum Logic {
  /// AND (`stopsAt` false) or OR (true): a row leaves the selection at the first term that settles it, so later terms cannot raise for it.
  static func chain(
    _ terms: [Program], _ batch: Batch, _ rows: Rows, stopsAt: Bool
  ) throws(Diagnostic) -> Column {
    var flags = [Bool](repeating: !stopsAt, count: rows.count)
    var validity = [Bool](repeating: true, count: rows.count)
    var hasNull = false
    var rest = rows
    for term in terms {
      if rest.isEmpty { break }
      let column = try term.evaluate(batch, rest)
      let lane = try column.booleanLane
      let own = column.validity
      rest = rest.filter { row in
        if let own, !own[column.isConstant ? 0 : row] {
          validity[row] = false
          hasNull = true
          return true
        }
        if lane[row] != stopsAt { return true }
        flags[row] = stopsAt
        validity[row] = true
        return false
      }
    }
    return Column(
      type: .boolean, values: .booleans(flags), validity: hasNull ? validity : nil, count: rows.count)
  }

  static func not(_ column: Column, _ rows: Rows) throws(Diagnostic) -> Column {
    let extent = Extent([column], rows: rows)
    let lane = try column.booleanLane
    return extent.column(.boolean, .booleans(Loops.map(lane, extent.count) { !$0 }), column.validity)
  }

  static func isNull(_ column: Column, negated: Bool, _ rows: Rows) -> Column {
    let extent = Extent([column], rows: rows)
    let flags: [Bool]
    if let validity = column.validity {
      flags = negated ? validity : Loops.not(validity)
    } else {
      flags = Array(repeating: negated, count: extent.count)
    }
    return extent.column(.boolean, .booleans(flags))
  }

  /// IS [NOT] TRUE | FALSE | UNKNOWN (`truth` nil).
  static func isTruth(
    _ column: Column, _ truth: Bool?, negated: Bool, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    guard let truth else { return isNull(column, negated: negated, rows) }
    let extent = Extent([column], rows: rows)
    let lane = try column.booleanLane
    var flags = Loops.map(lane, extent.count) { ($0 == truth) != negated }
    if let validity = column.validity {
      for row in 0..<extent.count where !validity[row] { flags[row] = negated }
    }
    return extent.column(.boolean, .booleans(flags))
  }

  /// The rows where a BOOLEAN column is TRUE.
  static func select(_ column: Column, _ rows: Rows) throws(Diagnostic) -> Rows {
    let lane = try column.booleanLane
    if column.isConstant { return !column.isNull(0) && lane[0] ? rows : rows.none }
    return Loops.select(
      EqualTest<BooleanOrder>.self, lane, Lane([true], isConstant: true), rows, column.validity)
  }

  /// Items that are not all constants: compared one after the other, only for rows that none has equalled yet.
  static func inList(
    _ term: Program, _ items: [Program], negated: Bool, _ batch: Batch, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    let column = try term.evaluate(batch, rows)
    var flags = [Bool](repeating: negated, count: rows.count)
    var validity = [Bool](repeating: true, count: rows.count)
    var rest = rows
    for item in items {
      if rest.isEmpty { break }
      let equal = try Comparing.column(.equal, column, try item.evaluate(batch, rest), rest)
      let lane = try equal.booleanLane
      rest = rest.filter { row in
        if equal.isNull(row) {
          validity[row] = false
          return true
        }
        if !lane[row] { return true }
        flags[row] = !negated
        validity[row] = true
        return false
      }
    }
    return Column(type: .boolean, values: .booleans(flags), validity: validity, count: rows.count)
  }
}
