import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// A scalar made ready to run: constants folded, parameters and subquery answers filled in, patterns and lists prepared.
/// It is walked once a batch.
indirect enum Program: Sendable {
  /// One row in constant form.
  case constant(Column)
  case column(Int)
  /// An error for every row that reaches it.
  case raise(Diagnostic, SQLType)
  case call(FunctionCall)
  case compare(Comparison, Program, Program)
  case and([Program])
  case or([Program])
  case not(Program)
  case isNull(Program, negated: Bool)
  case isTruth(Program, Bool?, negated: Bool)
  case isDistinct(Program, Program, negated: Bool)
  case inSet(Program, KeySet, negated: Bool)
  case inList(Program, [Program], negated: Bool)
  case like(Program, pattern: LikeSource, negated: Bool)
  case choose(branches: [Branch], otherwise: Program?, SQLType)
  case coalesce([Program], SQLType)
  case cast(Program, CastKind)

  struct Branch: Sendable {
    var condition: Program
    var result: Program
  }

  struct FunctionCall: Sendable {
    var function: ScalarFunction
    var arguments: [Program]
    var type: SQLType
    var span: SourceSpan?
    var environment: EvaluationEnvironment
  }

  struct CastKind: Sendable {
    var type: SQLType
    var isAssignment: Bool
    var span: SourceSpan?
  }
}

extension Program {
  /// The column that the program gives over `batch`, of which `rows` are asked for.
  func evaluate(_ batch: Batch, _ rows: Rows) throws(Diagnostic) -> Column {
    switch self {
    case .constant(let column):
      var copy = column
      copy.count = rows.count
      return copy
    case .column(let ordinal):
      guard batch.columns.indices.contains(ordinal) else {
        throw Diagnostic(
          .internalError, "an expression reads column \(ordinal) of a batch that has \(batch.columns.count)")
      }
      return batch.columns[ordinal]
    case .raise(let diagnostic, let type):
      if !rows.isEmpty { throw diagnostic }
      return Columns.null(type, count: rows.count)
    case .call(let call):
      var columns: [Column] = []
      columns.reserveCapacity(call.arguments.count)
      for argument in call.arguments { columns.append(try argument.evaluate(batch, rows)) }
      do { return try call.run(columns, rows) } catch { throw error.located(at: call.span) }
    case .compare(let comparison, let a, let b):
      return try Comparing.column(comparison, try a.evaluate(batch, rows), try b.evaluate(batch, rows), rows)
    case .and(let terms): return try Logic.chain(terms, batch, rows, stopsAt: false)
    case .or(let terms): return try Logic.chain(terms, batch, rows, stopsAt: true)
    case .not(let term): return try Logic.not(try term.evaluate(batch, rows), rows)
    case .isNull(let term, let negated):
      return Logic.isNull(try term.evaluate(batch, rows), negated: negated, rows)
    case .isTruth(let term, let truth, let negated):
      return try Logic.isTruth(try term.evaluate(batch, rows), truth, negated: negated, rows)
    case .isDistinct(let a, let b, let negated):
      return try Comparing.isDistinct(
        try a.evaluate(batch, rows), try b.evaluate(batch, rows), negated: negated, rows)
    case .inSet(let term, let set, let negated):
      return try set.contains(try term.evaluate(batch, rows), negated: negated, rows)
    case .inList(let term, let items, let negated):
      return try Logic.inList(term, items, negated: negated, batch, rows)
    case .like(let term, let pattern, let negated):
      return try pattern.match(try term.evaluate(batch, rows), negated: negated, batch, rows)
    case .choose(let branches, let otherwise, let type):
      return try Conditional.choose(branches, otherwise, type, batch, rows)
    case .coalesce(let terms, let type): return try Conditional.coalesce(terms, type, batch, rows)
    case .cast(let term, let kind):
      let column = try term.evaluate(batch, rows)
      do { return try Casting.cast(column, kind, rows) } catch { throw error.located(at: kind.span) }
    }
  }

  /// The rows for which the program, a BOOLEAN, is TRUE: not FALSE, not NULL.
  func select(_ batch: Batch, _ rows: Rows) throws(Diagnostic) -> Rows {
    if rows.isEmpty { return rows }
    switch self {
    case .and(let terms):
      var rows = rows
      for term in terms { rows = try term.select(batch, rows) }
      return rows
    case .or(let terms):
      var found = rows.none
      var rest = rows
      for term in terms {
        let taken = try term.select(batch, rest)
        found = found.merged(with: taken)
        rest = rest.subtracting(taken)
        if rest.isEmpty { break }
      }
      return found
    case .compare(let comparison, let a, let b):
      return try Comparing.select(comparison, try a.evaluate(batch, rows), try b.evaluate(batch, rows), rows)
    case .isNull(let term, let negated):
      let column = try term.evaluate(batch, rows)
      if let validity = column.validity, !column.isConstant { return rows.filter { validity[$0] == negated } }
      return column.isNull(0) == negated ? rows.none : rows
    case .constant, .column, .raise, .call, .not, .isTruth, .isDistinct, .inSet, .inList, .like, .choose,
      .coalesce,
      .cast:
      return try Logic.select(try evaluate(batch, rows), rows)
    }
  }
}
