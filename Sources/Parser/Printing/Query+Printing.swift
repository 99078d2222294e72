extension Query {
  /// The query as SQL text on one line; parsed again it is the same tree.
  package var sql: String {
    var text = "SELECT " + (isDistinct ? "DISTINCT " : "") + select.map(\.sql).joined(separator: ", ")
    if !from.isEmpty { text += " FROM " + from.map(\.sql).joined(separator: ", ") }
    if let predicate { text += " WHERE " + predicate.sql }
    if let nearest { text += " " + nearest.sql }
    if !groupBy.isEmpty { text += " GROUP BY " + groupBy.map(\.sql).joined(separator: ", ") }
    if let having { text += " HAVING " + having.sql }
    if !orderBy.isEmpty { text += " ORDER BY " + orderBy.map(\.sql).joined(separator: ", ") }
    if let limit { text += " LIMIT " + limit.sql }
    if let offset { text += " OFFSET " + offset.sql }
    return text
  }
}

extension SelectItem {
  package var sql: String {
    switch self {
    case .star(let qualifier, _): (qualifier.map { $0.sql + "." } ?? "") + "*"
    case .expression(let expression, let alias): expression.sql + (alias.map { " AS " + $0.sql } ?? "")
    }
  }
}

extension Relation {
  package var sql: String {
    switch self {
    case .table(let name, let alias): name.sql + (alias.map { " AS " + $0.sql } ?? "")
    case .derived(let query, let alias): "(" + query.sql + ") AS " + alias.sql
    case .join(let join): join.sql
    }
  }
}

extension Join {
  package var sql: String {
    // Joins lean to the left: one on the right stands in parentheses.
    let inner = if case .join = right { "(" + right.sql + ")" } else { right.sql }
    let word =
      switch kind {
      case .inner: " JOIN "
      case .left: " LEFT JOIN "
      case .cross: " CROSS JOIN "
      }
    return left.sql + word + inner + condition.sql
  }
}

extension Join.Condition {
  fileprivate var sql: String {
    switch self {
    case .on(let expression): " ON " + expression.sql
    case .using(let names): " USING (" + names.map(\.sql).joined(separator: ", ") + ")"
    case .nearest(let clause): " " + clause.sql
    case .none: ""
    }
  }
}

extension NearestClause {
  package var sql: String {
    var text = (mode.map { $0.rawValue + " " } ?? "") + "NEAREST"
    if let count { text += " " + count.countSQL }
    text += " BY " + ranking.rawValue + " " + expression.sql
    if !options.isEmpty { text += " WITH " + options.sql }
    return text
  }
}

extension Expression {
  /// In parentheses unless it is one number or parameter, so that no word of it reads as a clause's.
  fileprivate var countSQL: String {
    switch kind {
    case .literal(.integer), .literal(.decimal), .literal(.scientific), .parameter: sql
    case .literal, .bracket, .column, .unary, .binary, .and, .or, .not, .isNull, .isTruth, .isDistinct,
      .between, .inList, .inSubquery, .exists, .subquery, .like, .case, .cast, .call:
      "(" + sql + ")"
    }
  }
}

extension OrderItem {
  package var sql: String {
    expression.sql + (isDescending ? " DESC" : "")
      + (nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? "")
  }
}

extension [Option] {
  /// `(name = value, …)`.
  var sql: String {
    "(" + map { NameText.label($0.name.text) + " = " + $0.value.sql }.joined(separator: ", ") + ")"
  }
}
