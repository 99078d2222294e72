import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// CHECK DATABASE: every byte read and every seal opened. What is damaged is an answer, not an error.
///
/// A row for each fault, by what others rest on first; without one, a row without a file that says what was read.
enum CheckDatabaseStatement {
  static func run(in context: ExecutionContext) throws -> StatementOutcome {
    let run = Run(context)
    let report = try context.store.checkDatabase(
      actor: context.actor, tenant: context.tenant.id,
      progress: context.progress.map { tell in
        { done, total in
          tell(Progress(rows: 0, fraction: total > 0 ? Double(done) / Double(total) : nil))
        }
      }, isCancelled: { try run.check() })
    var facts = FactTable(("file", .string), ("offset", .bigint), ("finding", .string))
    for finding in report.findings {
      facts.append(.text(finding.file), .count(finding.offset), .text(finding.text))
    }
    if report.findings.isEmpty { facts.append(.null, .null, .text(report.summary)) }
    return try facts.outcome()
  }
}
