import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// VERIFY AUDIT: the chain read again from its beginning. A chain that does not hold is an answer, not an error.
enum VerifyAuditStatement {
  static func run(in context: ExecutionContext) throws -> StatementOutcome {
    let found = try context.store.verifyAudit(actor: context.actor, context.patience)
    var facts = FactTable(
      ("events", .bigint), ("chain_verified", .boolean), ("head_hash", .string), ("first_bad_event", .bigint),
      ("reason", .string))
    facts.append(
      .integer(Int64(clamping: found.events)), .boolean(found.isChainVerified), .text(found.headHash),
      found.firstBadEvent.map { .integer(Int64(clamping: $0)) } ?? .null, .optional(found.reason))
    // Of a chain that holds; what is wrong with one that does not is told by its row.
    let leftovers = found.isChainVerified ? found.leftovers : []
    return try facts.outcome(
      notices: leftovers.map { "\($0); a crash left them, they are no part of the chain" })
  }
}
