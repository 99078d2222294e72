import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// What a reader fills: the columns that the file names, in the file's own order of preference.
package struct CopyTarget {
  package var tableName: String
  package var columns: [CopyTargetColumn]

  package init(tableName: String, columns: [CopyTargetColumn]) {
    self.tableName = tableName
    self.columns = columns
  }
}

/// One column that a file fills.
package struct CopyTargetColumn {
  /// The table's ordinal.
  package var ordinal: Int
  package var name: String
  package var type: SQLType
  /// Asked for each record that leaves the column out.
  package var defaultValue: () throws(Diagnostic) -> Value

  package init(
    ordinal: Int, name: String, type: SQLType,
    defaultValue: @escaping () throws(Diagnostic) -> Value = { () throws(Diagnostic) in .null }
  ) {
    self.ordinal = ordinal
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
  }

  /// What a record that leaves the column out gets.
  func drawDefault() throws(CopyFault) -> Value {
    do throws(Diagnostic) {
      return try defaultValue()
    } catch {
      throw CopyFault(error.state, "the column's default: \(error.message)", hint: error.hint)
    }
  }
}

/// Reads a file record by record into typed columns. One call a batch.
package protocol CopyReader: ~Copyable {
  /// The columns that the reader gives, one for each column of its target.
  ///
  /// - Returns: at most `limit` rows; nil at the end of the file.
  mutating func next(limit: Int) throws(Diagnostic) -> [Column]?
  /// Records given so far.
  var rowCount: Int { get }
  /// The part of the file that is read, 0 to 1; nil: unknown.
  var fraction: Double? { get }
}
