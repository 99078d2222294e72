import VSQLDiagnostics

/// A SELECT: set operations and WITH come with their own issue and will wrap it.
package struct Query: Hashable, Sendable {
  package var isDistinct: Bool
  package var select: [SelectItem]
  /// Comma-separated relations; several are a cross join. Empty: `SELECT 1`.
  package var from: [Relation]
  package var predicate: Expression?
  package var groupBy: [Expression]
  package var having: Expression?
  package var nearest: NearestClause?
  package var orderBy: [OrderItem]
  package var limit: Expression?
  package var offset: Expression?
  package var span: SourceSpan

  package init(
    isDistinct: Bool = false, select: [SelectItem], from: [Relation] = [], predicate: Expression? = nil,
    groupBy: [Expression] = [], having: Expression? = nil, nearest: NearestClause? = nil,
    orderBy: [OrderItem] = [], limit: Expression? = nil, offset: Expression? = nil, span: SourceSpan
  ) {
    self.isDistinct = isDistinct
    self.select = select
    self.from = from
    self.predicate = predicate
    self.groupBy = groupBy
    self.having = having
    self.nearest = nearest
    self.orderBy = orderBy
    self.limit = limit
    self.offset = offset
    self.span = span
  }
}

package enum SelectItem: Hashable, Sendable {
  /// `*` or `table.*`.
  case star(qualifier: Name?, span: SourceSpan)
  case expression(Expression, alias: Name?)
}

/// What stands in FROM.
package indirect enum Relation: Hashable, Sendable {
  case table(ObjectName, alias: Name?)
  case derived(Query, alias: Name)
  case join(Join)
}

package struct Join: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case inner = "INNER"
    case left = "LEFT"
    case cross = "CROSS"
  }

  package enum Condition: Hashable, Sendable {
    case on(Expression)
    case using([Name])
    /// `q JOIN d EXACT NEAREST 5 BY DISTANCE …`: for each row on the left, its k nearest on the right.
    case nearest(NearestClause)
    /// CROSS only.
    case none
  }

  package var kind: Kind
  package var left: Relation
  package var right: Relation
  package var condition: Condition

  package init(kind: Kind, left: Relation, right: Relation, condition: Condition) {
    self.kind = kind
    self.left = left
    self.right = right
    self.condition = condition
  }
}

/// `{APPROX | EXACT} NEAREST [k] BY {DISTANCE | SIMILARITY} expression [WITH (target_recall = 0.95)]`.
package struct NearestClause: Hashable, Sendable {
  package enum Mode: String, Hashable, Sendable { case exact = "EXACT", approx = "APPROX" }
  package enum Ranking: String, Hashable, Sendable { case distance = "DISTANCE", similarity = "SIMILARITY" }

  /// Nil: not said.
  package var mode: Mode?
  /// Nil: 1.
  package var count: Expression?
  package var ranking: Ranking
  package var expression: Expression
  package var options: [Option]
  package var span: SourceSpan

  package init(
    mode: Mode?, count: Expression?, ranking: Ranking, expression: Expression, options: [Option],
    span: SourceSpan
  ) {
    self.mode = mode
    self.count = count
    self.ranking = ranking
    self.expression = expression
    self.options = options
    self.span = span
  }
}

package struct OrderItem: Hashable, Sendable {
  package var expression: Expression
  package var isDescending: Bool
  /// Nil: PostgreSQL's default, NULLs last ascending and first descending.
  package var nullsFirst: Bool?

  package init(expression: Expression, isDescending: Bool = false, nullsFirst: Bool? = nil) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

/// `name = value` in a WITH list, `FORMAT jsonl` in a COPY list.
package struct Option: Hashable, Sendable {
  package var name: Name
  package var value: Expression

  package init(name: Name, value: Expression) {
    self.name = name
    self.value = value
  }
}
