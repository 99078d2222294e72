import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// EXPLAIN: the stage that was asked for, a line a row. With ANALYZE the statement runs, as in PostgreSQL, and each
/// operator says what it did.
enum ExplainStatement {
  static func run(
    _ explain: BoundExplain, of planned: PlannedStatement, in context: ExecutionContext
  ) throws -> StatementOutcome {
    var lines: [String]
    if explain.isAnalyzed, let statement = explain.statement {
      let meter = Meter()
      let time = try ContinuousClock().measure { try execute(statement, Run(context, meter: meter)) }
      let estimates = PlanEstimates(of: statement)
      lines = PlanPrinting.lines(of: planned, explain: explain) { subquery, node in
        let readings: [PlanMeter.Reading]
        if let subquery {
          guard meter.subqueries.indices.contains(subquery) else { return nil }
          readings = meter.subqueries[subquery].readings
        } else {
          readings = meter.main.readings
        }
        guard readings.indices.contains(node) else { return nil }
        return readings[node].text(estimated: estimates.rows(subquery: subquery, node: node))
      }
      if explain.format == .text { lines.append("Execution Time: \(time.microseconds) us") }
    } else {
      lines = PlanPrinting.lines(of: planned, explain: explain)
    }
    var facts = FactTable(("plan", .string))
    for line in lines { facts.append(.text(line)) }
    return try facts.outcome()
  }

  private static func execute(_ statement: BoundStatement, _ run: Run) throws {
    switch statement.kind {
    case .query(let plan):
      let rows = try Executor.query(plan, in: run)
      while try rows.next() != nil {}
    case .insert(let insert): try change(run) { try InsertStatement.run(insert, run) }
    case .update(let update): try change(run) { try UpdateStatement.run(update, run) }
    case .delete(let delete): try change(run) { try DeleteStatement.run(delete, run) }
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset,
      .show, .describe, .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      throw Diagnostic(
        .featureNotSupported, "EXPLAIN shows the plan of SELECT, INSERT, UPDATE and DELETE only")
    }
  }

  private static func change(_ run: Run, _ change: () throws -> StatementOutcome) throws {
    _ = try Executor.changing(run.context, change)
  }
}

/// The planner's row counts by node number, in the order in which meters number them.
private struct PlanEstimates {
  private var main: [Double] = []
  private var subqueries: [[Double]] = []

  init(of statement: BoundStatement) {
    let plan: Plan
    switch statement.kind {
    case .query(let own): plan = own
    case .update(let update): plan = update.matching
    case .delete(let delete): plan = delete.matching
    case .insert(let insert):
      subqueries = insert.subqueries.map { PlanEstimates.rows(of: $0.root) }
      return
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset,
      .show, .describe, .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      return
    }
    main = PlanEstimates.rows(of: plan.root)
    subqueries = plan.subqueries.map { PlanEstimates.rows(of: $0.root) }
  }

  func rows(subquery: Int?, node: Int) -> Double? {
    guard let subquery else { return main.indices.contains(node) ? main[node] : nil }
    guard subqueries.indices.contains(subquery), subqueries[subquery].indices.contains(node) else {
      return nil
    }
    return subqueries[subquery][node]
  }

  private static func rows(of node: PlanNode) -> [Double] {
    [node.estimate.rows] + node.children.flatMap(rows)
  }
}

extension PlanMeter.Reading {
  /// `(actual time=812.50 rows=10 batches=1)`: microseconds, inputs included; an estimate that is off more than ten times is marked.
  fileprivate func text(estimated: Double?) -> String {
    var parts = ["actual time=\(time.microseconds)", "rows=\(rows)", "batches=\(batches)"]
    if let pages { parts.append("pages=\(pages.read) skipped=\(pages.skipped)") }
    if let runs { parts.append("runs=\(runs.read) filtered=\(runs.skipped)") }
    if let estimated {
      let ratio = max(estimated, 1) / Double(max(rows, 1))
      if ratio > 10 || ratio < 0.1 { parts.append("misestimated") }
    }
    return "(\(parts.joined(separator: " ")))"
  }
}

extension Duration {
  /// With two digits behind the point.
  fileprivate var microseconds: String {
    let (seconds, attoseconds) = components
    let hundredths = seconds * 100_000_000 + attoseconds / 10_000_000_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
