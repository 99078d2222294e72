internal import VSQLDiagnostics
internal import VSQLParser
internal import VSQLPlanner
internal import VSQLSchema

/// A statement that was read once, to be run many times with other parameters. Used by the task that uses its session.
///
/// Names are settled and the plan is made at the first run, and again when what they rest on changes: a table, the session's
/// tenant or settings, the types of the parameters, or the tables' sizes by a factor of two. Rights are asked at every run.
public final class PreparedStatement {
  private let session: Session
  private let parsed: ParsedStatement
  private var cache = PlanCache()

  init(_ parsed: ParsedStatement, of session: Session) {
    self.parsed = parsed
    self.session = session
  }

  /// Runs the statement with parameters `$1`, `$2`, …; as `Session.execute`.
  @discardableResult
  public func execute(_ parameters: [Value] = []) throws(VSQLError) -> StatementResult {
    try session.run(
      parsed, .positional(parameters.map { value throws(VSQLError) in try value.checkedInner() }), &cache)
  }

  /// Runs the statement with parameters `:name`, …
  @discardableResult
  public func execute(_ parameters: [String: Value]) throws(VSQLError) -> StatementResult {
    var values: [String: VSQLSchema.Value] = [:]
    for (name, value) in parameters { values[name] = try value.checkedInner() }
    return try session.run(parsed, .named(values), &cache)
  }

  /// Runs the statement and iterates its rows.
  public func query(_ parameters: [Value] = []) throws(VSQLError) -> Rows { try execute(parameters).rows }

  /// Runs the statement with named parameters and iterates its rows.
  public func query(_ parameters: [String: Value]) throws(VSQLError) -> Rows { try execute(parameters).rows }
}

extension Session {
  /// Reads one statement, to be run as often as wanted.
  ///
  /// - Throws: 42601 for wrong syntax; what names and types deserve is thrown when it runs.
  public func prepare(_ sql: String) throws(VSQLError) -> PreparedStatement {
    let parsed = try atTheEdge { try Parser.parseStatement(sql) }
    return PreparedStatement(parsed, of: self)
  }
}
