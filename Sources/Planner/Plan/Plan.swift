import VSQLDiagnostics
import VSQLSchema

/// What is executed: a tree of operators, and the subqueries whose answers it needs first.
package struct Plan: Hashable, Sendable {
  package var root: PlanNode
  /// Uncorrelated subqueries, each evaluated once before `root`; a later one may use an earlier one.
  package var subqueries: [Plan]
  /// The columns that the statement hands out.
  package var columns: [ResultColumn]

  package init(root: PlanNode, subqueries: [Plan] = [], columns: [ResultColumn]) {
    self.root = root
    self.subqueries = subqueries
    self.columns = columns
  }
}

package struct ResultColumn: Hashable, Sendable {
  package var name: String
  package var type: SQLType

  package init(name: String, type: SQLType) {
    self.name = name
    self.type = type
  }
}

/// An operator, the types of the columns that it gives, and what the cost model expects of it.
package struct PlanNode: Hashable, Sendable {
  package var kind: Operator
  package var output: [SQLType]
  package var estimate: Estimate

  package init(_ kind: Operator, output: [SQLType], estimate: Estimate = Estimate()) {
    self.kind = kind
    self.output = output
    self.estimate = estimate
  }
}

package struct Estimate: Hashable, Sendable {
  package var rows: Double
  /// Before the first row comes.
  package var startNanoseconds: Double
  /// Until the last row came, children included.
  package var totalNanoseconds: Double
  /// Bytes of a row.
  package var width: Int

  package init(
    rows: Double = 1, startNanoseconds: Double = 0, totalNanoseconds: Double = 0, width: Int = 8
  ) {
    self.rows = rows
    self.startNanoseconds = startNanoseconds
    self.totalNanoseconds = totalNanoseconds
    self.width = width
  }
}

/// Every operator gives its rows in a determined order (`engine.md`, "Pipelines, threads, determinism").
package indirect enum Operator: Hashable, Sendable {
  /// One row without columns: SELECT without FROM.
  case singleRow
  case scan(Scan)
  case filter(PlanNode, Scalar)
  case project(PlanNode, [Scalar])
  case hashJoin(HashJoin)
  case loopJoin(LoopJoin)
  case aggregate(Aggregate)
  case distinct(PlanNode)
  case sort(PlanNode, [SortKey])
  /// The first `count` rows of the sort.
  case topK(PlanNode, [SortKey], count: Scalar, offset: Scalar?)
  /// `count` nil: no limit.
  case limit(PlanNode, count: Scalar?, offset: Scalar?)
  case nearest(Nearest)
  case nearestJoin(NearestJoin)
}

/// Rows of a table in row-id order. Output: the `columns`, in that order.
package struct Scan: Hashable, Sendable {
  package var table: TableID
  package var tableName: String
  /// What the statement calls the table; the table's name where it gives no alias.
  package var alias: String
  package var origin: TableDefinition.Origin
  /// Ordinals of the table's columns.
  package var columns: [Int]
  /// Their names, for printing.
  package var columnNames: [String]
  /// Over the output; pushed into the scan so that columns which only it needs are opened first and others
  /// only for rows that pass.
  package var predicate: Scalar?
  /// Comparisons of a column with a constant or parameter, implied by `predicate`, by which whole pages are
  /// passed over.
  package var zones: [ZoneCondition]
  /// Entries of an index that are looked up; nil: every row is read, but for pages passed over.
  package var index: IndexAccess?
  /// One whole key of a unique `index` is all that is looked up, by an operator of its own; nil: it is not.
  package var key: KeyRead?

  /// At most one row has the key.
  package struct KeyRead: Hashable, Sendable {
    /// Of the index's columns, in its order.
    package var values: [Scalar]
    /// What of `predicate` the key does not say.
    package var residual: Scalar?
  }

  package init(
    table: TableID, tableName: String, origin: TableDefinition.Origin, columns: [Int],
    predicate: Scalar? = nil,
    zones: [ZoneCondition] = [], alias: String? = nil, columnNames: [String] = []
  ) {
    self.table = table
    self.tableName = tableName
    self.alias = alias ?? tableName
    self.origin = origin
    self.columns = columns
    self.columnNames = columnNames
    self.predicate = predicate
    self.zones = zones
  }
}

package struct ZoneCondition: Hashable, Sendable {
  /// The table's ordinal.
  package var column: Int
  package var comparison: Comparison
  /// A constant or a parameter.
  package var value: Scalar

  package init(column: Int, comparison: Comparison, value: Scalar) {
    self.column = column
    self.comparison = comparison
    self.value = value
  }
}

package enum JoinKind: String, Hashable, Sendable { case inner, left }

/// Output: the left columns, then the right; in the order of the left rows, then of the right.
package struct HashJoin: Hashable, Sendable {
  package var kind: JoinKind
  package var left: PlanNode
  package var right: PlanNode
  /// Pairs of one type: over the left's output, over the right's. NULL matches nothing. The right is built.
  package var leftKeys: [Scalar]
  package var rightKeys: [Scalar]
  /// Over left ‖ right; part of the match.
  package var residual: Scalar?

  package init(
    kind: JoinKind, left: PlanNode, right: PlanNode, leftKeys: [Scalar], rightKeys: [Scalar],
    residual: Scalar?
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.leftKeys = leftKeys
    self.rightKeys = rightKeys
    self.residual = residual
  }
}

/// A join without equal keys: every pair is tested. Output and order as in `HashJoin`.
package struct LoopJoin: Hashable, Sendable {
  package var kind: JoinKind
  package var left: PlanNode
  package var right: PlanNode
  /// Nil: every pair.
  package var predicate: Scalar?

  package init(kind: JoinKind, left: PlanNode, right: PlanNode, predicate: Scalar?) {
    self.kind = kind
    self.left = left
    self.right = right
    self.predicate = predicate
  }
}

/// Output: the group keys, then the aggregates. Without keys: one row, over nothing too. Groups in order of
/// first appearance.
package struct Aggregate: Hashable, Sendable {
  package var input: PlanNode
  package var keys: [Scalar]
  package var calls: [AggregateCall]

  package init(input: PlanNode, keys: [Scalar], calls: [AggregateCall]) {
    self.input = input
    self.keys = keys
    self.calls = calls
  }
}

package enum AggregateFunction: String, Hashable, Sendable, CaseIterable {
  /// count(*) has no argument.
  case count, sum, avg, min, max
  case boolAnd = "bool_and"
  case boolOr = "bool_or"
  case stringAgg = "string_agg"
  case stddevSamp = "stddev_samp"
  case stddevPop = "stddev_pop"
  case varSamp = "var_samp"
  case varPop = "var_pop"
}

package struct AggregateCall: Hashable, Sendable {
  package var function: AggregateFunction
  package var arguments: [Scalar]
  package var isDistinct: Bool
  /// FILTER (WHERE …).
  package var filter: Scalar?
  package var type: SQLType

  package init(
    function: AggregateFunction, arguments: [Scalar], isDistinct: Bool = false, filter: Scalar? = nil,
    type: SQLType
  ) {
    self.function = function
    self.arguments = arguments
    self.isDistinct = isDistinct
    self.filter = filter
    self.type = type
  }
}

package struct SortKey: Hashable, Sendable {
  package var scalar: Scalar
  package var isDescending: Bool
  package var nullsFirst: Bool

  package init(scalar: Scalar, isDescending: Bool, nullsFirst: Bool) {
    self.scalar = scalar
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

package enum Metric: String, Hashable, Sendable, CaseIterable {
  case l2, cosine, negativeInnerProduct = "negative_inner_product", l1, hamming, jaccard
}

/// The k rows of the input with the least ranking value; ties by input order (row id). Rows whose value is
/// NULL are never among them. Output: the input's columns, then the ranking value (DOUBLE).
package struct Nearest: Hashable, Sendable {
  package var input: PlanNode
  /// Over the input's output.
  package var ranking: Ranking
  package var count: Scalar
  package var isApproximate: Bool
  package var targetRecall: Double?

  package init(
    input: PlanNode, ranking: Ranking, count: Scalar, isApproximate: Bool = false, targetRecall: Double? = nil
  ) {
    self.input = input
    self.ranking = ranking
    self.count = count
    self.isApproximate = isApproximate
    self.targetRecall = targetRecall
  }
}

/// What rows are ranked by.
package enum Ranking: Hashable, Sendable {
  /// The distance of a vector column to one query vector: the kernels' way. A similarity is ranked by its
  /// negative, and the output column holds the similarity: cosine similarity = 1 − cosine distance, inner
  /// product = −negative inner product.
  case metric(Metric, column: Int, query: Scalar, isSimilarity: Bool)
  /// Any other DOUBLE expression; descending for SIMILARITY.
  case expression(Scalar, isDescending: Bool)
}

/// For each row on the left, its k nearest on the right. Output: left ‖ right ‖ ranking value; left order,
/// then rank.
package struct NearestJoin: Hashable, Sendable {
  package var kind: JoinKind
  package var left: PlanNode
  package var right: PlanNode
  package var metric: Metric
  package var isSimilarity: Bool
  /// A vector over the left's output.
  package var query: Scalar
  /// The ordinal of a vector column of the right's output.
  package var column: Int
  package var count: Scalar

  package init(
    kind: JoinKind, left: PlanNode, right: PlanNode, metric: Metric, isSimilarity: Bool, query: Scalar,
    column: Int, count: Scalar
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.metric = metric
    self.isSimilarity = isSimilarity
    self.query = query
    self.column = column
    self.count = count
  }
}
