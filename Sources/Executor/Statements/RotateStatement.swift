import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema
import VSQLStorage

/// ROTATE KEY: a line for each tenant; for the root key one line without a tenant.
enum RotateStatement {
  static func run(_ rotation: BoundRotation, in context: ExecutionContext) throws -> StatementOutcome {
    let target: RotationTarget
    var names: [TenantID: String] = [:]
    switch rotation {
    case .root: target = .root
    case .tenants(let tenants):
      target = .tenants(tenants.map(\.id))
      for tenant in tenants { names[tenant.id] = tenant.name }
    }
    var facts = FactTable(
      ("tenant", .string), ("old_version", .bigint), ("new_version", .bigint), ("keys_rewrapped", .bigint),
      ("data_bytes_rewritten", .bigint), ("completed_at", .timestamptz))
    for outcome in try context.store.rotateKeys(target, actor: context.actor, context.patience) {
      facts.append(
        .optional(outcome.tenant.map { names[$0] ?? $0.hex }), .count(outcome.oldVersion),
        .count(outcome.newVersion), .count(outcome.keysRewrapped), .count(outcome.dataBytesRewritten),
        .timestamptz(outcome.completedAtMicroseconds))
    }
    return try facts.outcome()
  }
}
