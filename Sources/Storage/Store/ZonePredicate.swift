import VSQLSchema

/// A condition that every row of interest meets, so that a scan may skip pages whose bounds rule it out.
///
/// Skipping is an economy: rows that do not meet the condition may still come, and the filter above stays.
package struct ZonePredicate: Hashable, Sendable {
  package enum Comparison: UInt8, Hashable, Sendable {
    case equal, less, lessOrEqual, greater, greaterOrEqual, isNull
  }

  /// The column's ordinal in the table.
  package var column: Int
  package var comparison: Comparison
  /// Of the column's type; `.null` with `.isNull`.
  package var value: Value

  package init(column: Int, comparison: Comparison, value: Value) {
    self.column = column
    self.comparison = comparison
    self.value = value
  }
}
