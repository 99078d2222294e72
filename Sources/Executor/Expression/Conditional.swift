import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// CASE and COALESCE: each branch is evaluated for the rows that take it, and for no other.
enum Conditional {
  static func choose(
    _ branches: [Program.Branch], _ otherwise: Program?, _ type: SQLType, _ batch: Batch, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    var merge = Merge(rows: rows, type: type)
    var rest = rows
    for branch in branches {
      if rest.isEmpty { break }
      let taken = try branch.condition.select(batch, rest)
      if taken.isEmpty { continue }
      rest = rest.subtracting(taken)
      merge.take(try branch.result.evaluate(batch, taken), for: taken)
    }
    if let otherwise, !rest.isEmpty { merge.take(try otherwise.evaluate(batch, rest), for: rest) }
    return try merge.column()
  }

  static func coalesce(
    _ terms: [Program], _ type: SQLType, _ batch: Batch, _ rows: Rows
  ) throws(Diagnostic) -> Column {
    var merge = Merge(rows: rows, type: type)
    var rest = rows
    for term in terms {
      if rest.isEmpty { break }
      let column = try term.evaluate(batch, rest)
      let taken: Rows
      if let validity = column.validity {
        taken = column.isConstant ? (validity[0] ? rest : rest.none) : rest.filter { validity[$0] }
      } else {
        taken = rest
      }
      if taken.isEmpty { continue }
      merge.take(column, for: taken)
      rest = rest.subtracting(taken)
    }
    return try merge.column()
  }

  /// Columns, and which of them each row comes from.
  private struct Merge {
    let rows: Rows
    let type: SQLType
    var columns: [Column] = []
    var choice: [Int16]
    /// The column that every selected row took, as long as there is one.
    var only: Column?

    init(rows: Rows, type: SQLType) {
      self.rows = rows
      self.type = type
      choice = Array(repeating: -1, count: rows.count)
    }

    mutating func take(_ column: Column, for taken: Rows) {
      only = taken.selectedCount == rows.selectedCount ? column : nil
      let index = Int16(clamping: columns.count)
      columns.append(column)
      taken.forEach { choice[$0] = index }
    }

    func column() throws(Diagnostic) -> Column {
      if let only { return only.typed(type) }
      guard columns.count <= Int(Int16.max) else {
        throw Diagnostic(.statementTooComplex, "a CASE with more than \(Int16.max) branches")
      }
      return try Columns.interleave(columns, choice: choice, type: type, extent: rows)
    }
  }
}
