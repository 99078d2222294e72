import VSQLDiagnostics
import VSQLSchema

/// Holds joins, which repeat rows, to what a text column of one batch can address: 4 GiB.
struct TextLimit {
  /// The longest text of any column, in bytes.
  private let longest: Int

  /// - Parameter columns: what rows are repeated of.
  init(_ columns: [Column]) {
    var longest = 0
    for column in columns {
      guard case .texts(let list) = column.values else { continue }
      let rows = column.isConstant ? min(1, column.count) : column.count
      for row in 0..<rows { longest = max(longest, list.range(at: row).count) }
    }
    self.longest = longest
  }

  /// - Throws: 54000 when `rows` of the columns might come to more.
  func check(rows: Int) throws(Diagnostic) {
    let (total, isOver) = longest.multipliedReportingOverflow(by: rows)
    guard !isOver, total <= Int(UInt32.max) else { throw ColumnStack.tooMuchText }
  }
}
