import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// EXPLAIN: the statement inside is bound as it would be, so that it needs the same privileges.
extension StatementBinder {
  func bind(_ explain: Explain) throws(Diagnostic) -> BoundStatement.Kind {
    let inner = explain.statement.value
    let format: BoundExplain.Format = explain.format == .json ? .json : .text
    let kind = try bind(inner)
    let stage: BoundExplain.Stage
    var lines: [String] = []
    switch explain.stage {
    case .tokens:
      stage = .tokens
      lines = explain.tokens.map { "\($0.span.start)..\($0.span.end)  \($0.kind)  \($0.text)" }
    case .ast:
      stage = .ast
      lines = inner.treeLines()
    case nil, .plan: stage = .plan
    case .rules: stage = .rules
    case .cost: stage = .cost
    }
    if stage != .tokens, stage != .ast { try checkExplainable(kind, at: inner.span) }
    let hasPlan = stage != .tokens && stage != .ast
    if explain.isAnalyzed, !hasPlan {
      throw Diagnostic(
        .syntaxError, "EXPLAIN ANALYZE shows a plan: TOKENS and AST do not run", at: inner.span)
    }
    return .explain(
      BoundExplain(
        stage: stage, isAnalyzed: explain.isAnalyzed, format: format, lines: lines,
        statement: hasPlan ? BoundStatement(kind: kind) : nil))
  }

  private func checkExplainable(_ kind: BoundStatement.Kind, at span: SourceSpan) throws(Diagnostic) {
    switch kind {
    case .query, .insert, .update, .delete: return
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set,
      .reset, .show, .describe, .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain,
      .backup:
      throw Diagnostic(
        .featureNotSupported, "EXPLAIN shows the plan of SELECT, INSERT, UPDATE and DELETE only", at: span,
        hint: "EXPLAIN (AST) shows any statement as it was read.")
    }
  }
}
