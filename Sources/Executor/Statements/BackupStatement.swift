import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// BACKUP TO 'dir': the store copies itself as of one moment; the answer says what.
enum BackupStatement {
  static func run(to directory: Scalar, in context: ExecutionContext) throws -> StatementOutcome {
    let run = Run(context)
    guard case .text(let path) = try run.value(of: directory), !path.isEmpty else {
      throw Diagnostic(.invalidParameterValue, "the directory must be a text", at: directory.span)
    }
    let outcome = try context.store.backup(
      to: .directory(path), actor: context.actor, tenant: context.tenant.id,
      progress: context.progress.map { tell in
        { done, total in
          tell(Progress(rows: 0, fraction: total > 0 ? Double(done) / Double(total) : nil))
        }
      }, context.patience)
    var facts = FactTable(
      ("files", .bigint), ("size_bytes", .bigint), ("files_copied", .bigint), ("bytes_copied", .bigint),
      ("commit", .bigint), ("taken_at", .timestamptz))
    facts.append(
      .count(outcome.files), .count(outcome.sizeBytes), .count(outcome.filesCopied),
      .count(outcome.bytesCopied), .integer(Int64(clamping: outcome.commit)),
      .timestamptz(outcome.takenAtMicroseconds))
    return try facts.outcome()
  }
}
