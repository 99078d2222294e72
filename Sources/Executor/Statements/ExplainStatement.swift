import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

enum ExplainStatement {
  static func run(
    _ explain: BoundExplain, of statement: PlannedStatement, in context: ExecutionContext
  ) throws -> StatementOutcome {
    var facts = FactTable(("plan", .string))
    for line in explain.lines { facts.append(.text(line)) }
    return try facts.outcome()
  }
}
