import VSQLDiagnostics
import VSQLSchema

/// A statement whose every access was granted. Only `Authorizer` makes one, and the planner takes nothing
/// else.
package struct AuthorizedStatement: Sendable {
  package let statement: BoundStatement
  package let actor: ActorID
  package let tenant: TenantID

  fileprivate init(statement: BoundStatement, actor: ActorID, tenant: TenantID) {
    self.statement = statement
    self.actor = actor
    self.tenant = tenant
  }
}

/// The one place where grants are asked.
package enum Authorizer {
  /// - Throws: 42501 naming the first privilege that is missing and the object it is missing on.
  package static func authorize(
    _ statement: BoundStatement, actor: ActorID, tenant: TenantID, grants: any Grants
  ) throws(Diagnostic) -> AuthorizedStatement {
    for access in statement.accesses where !grants.allows(access, to: actor, in: tenant) {
      throw Diagnostic(
        .insufficientPrivilege,
        "permission denied: \(access.privilege.rawValue) on \(describe(access)) is needed")
    }
    return AuthorizedStatement(statement: statement, actor: actor, tenant: tenant)
  }

  private static func describe(_ access: Access) -> String {
    switch access.securable {
    case .database: "the database (\(access.name))"
    case .tenant: "tenant \"\(access.name)\""
    case .table: "table \"\(access.name)\""
    }
  }
}
