import VSQLSchema

/// Which entries of an index a scan looks up: for each leading column some values, then perhaps a range of the next column.
///
/// Every row that meets the scan's predicate is among them; the predicate decides.
package struct IndexAccess: Hashable, Sendable {
  package var index: IndexDefinition
  /// Of the first columns of the index, in its order: the values that each may have.
  package var equal: [[Scalar]]
  /// Of the column after those.
  package var lower: Bound?
  package var upper: Bound?

  package struct Bound: Hashable, Sendable {
    package var value: Scalar
    package var isInclusive: Bool
  }

  /// Combinations of values: an upper bound of the places looked up.
  package var keyCount: Int {
    equal.reduce(1) { $0.multipliedReportingOverflow(by: $1.count).partialValue }
  }

  /// One row at most for each key.
  package var findsSingleRows: Bool { index.isUnique && equal.count == index.columns.count }

  /// More combinations than this are not worth looking up one by one.
  package static let maxKeys = 1_024
}

extension IndexAccess {
  /// What `terms`, all of which hold for every row of interest, say of the first columns of `index`; nil: nothing.
  ///
  /// - Parameter columns: the table's ordinal of each column of the scan.
  init?(_ index: IndexDefinition, terms: [Scalar], columns: [Int]) {
    self.init(index: index, equal: [], lower: nil, upper: nil)
    for (place, ordinal) in index.columns.enumerated() {
      let facts = terms.flatMap { $0.facts(columns: columns) }.filter { $0.column == ordinal }
      // The shortest list; of others, the predicate takes care.
      let lists = facts.compactMap(\.values)
      if let list = lists.min(by: { $0.count < $1.count }), keyCount * list.count <= Self.maxKeys {
        equal.append(list)
        continue
      }
      lower = facts.lazy.compactMap(\.lower).first
      upper = facts.lazy.compactMap(\.upper).first
      if place == 0, lower == nil, upper == nil { return nil }
      return
    }
  }
}

/// What one term says of one column.
private struct ColumnFact {
  /// The table's ordinal.
  var column: Int
  var values: [Scalar]?
  var lower: IndexAccess.Bound?
  var upper: IndexAccess.Bound?
}

extension Scalar {
  fileprivate func facts(columns: [Int]) -> [ColumnFact] {
    switch kind {
    case .compare(let comparison, let a, let b):
      if let column = a.keyColumn(columns), b.isKeyValue(for: a) {
        return ColumnFact(column, comparison, b).map { [$0] } ?? []
      }
      if let column = b.keyColumn(columns), a.isKeyValue(for: b) {
        return ColumnFact(column, comparison.flipped, a).map { [$0] } ?? []
      }
      return []
    case .inList(let a, let list, negated: false):
      guard let column = a.keyColumn(columns), list.allSatisfy({ $0.isKeyValue(for: a) }) else { return [] }
      return [ColumnFact(column: column, values: list)]
    case .or(let terms):
      // `a = 1 OR a = 2` is a list.
      var column: Int?
      var values: [Scalar] = []
      for term in terms {
        guard let fact = term.facts(columns: columns).first, let list = fact.values,
          column ?? fact.column == fact.column
        else { return [] }
        column = fact.column
        values += list
      }
      return column.map { [ColumnFact(column: $0, values: values)] } ?? []
    case .constant, .column, .parameter, .subquery, .exists, .inSubquery, .call, .and, .not, .isNull,
      .isTruth,
      .isDistinct, .inList, .like, .case, .coalesce, .cast:
      return []
    }
  }

  private func keyColumn(_ columns: [Int]) -> Int? {
    guard case .column(let ordinal) = kind, columns.indices.contains(ordinal), type.vectorShape == nil else {
      return nil
    }
    return columns[ordinal]
  }

  /// One value of the column's own type, known before the first row is read.
  private func isKeyValue(for column: Scalar) -> Bool {
    switch kind {
    case .constant, .parameter, .subquery: type.unmodified == column.type.unmodified
    case .column, .exists, .inSubquery, .call, .compare, .and, .or, .not, .isNull, .isTruth, .isDistinct,
      .inList, .like, .case, .coalesce, .cast:
      false
    }
  }
}

extension ColumnFact {
  fileprivate init?(_ column: Int, _ comparison: Comparison, _ value: Scalar) {
    self.init(column: column)
    switch comparison {
    case .equal: values = [value]
    case .less: upper = IndexAccess.Bound(value: value, isInclusive: false)
    case .lessOrEqual: upper = IndexAccess.Bound(value: value, isInclusive: true)
    case .greater: lower = IndexAccess.Bound(value: value, isInclusive: false)
    case .greaterOrEqual: lower = IndexAccess.Bound(value: value, isInclusive: true)
    case .notEqual: return nil
    }
  }
}
