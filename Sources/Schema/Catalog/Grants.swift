/// What a statement may need of its user.
package enum Privilege: String, Hashable, Sendable, CaseIterable {
  case select = "SELECT"
  case insert = "INSERT"
  case update = "UPDATE"
  case delete = "DELETE"
  case nearest = "NEAREST"
  case createTable = "CREATE TABLE"
  case dropTable = "DROP TABLE"
  case createIndex = "CREATE INDEX"
  case dropIndex = "DROP INDEX"
  case createTenant = "CREATE TENANT"
  case erase = "ERASE"
  case rotateKey = "ROTATE KEY"
  case readAudit = "READ AUDIT"
  case verifyAudit = "VERIFY AUDIT"
  case checkDatabase = "CHECK DATABASE"
  case backup = "BACKUP"
  case file = "FILE"
  case configure = "CONFIGURE"
}

/// What a privilege is needed on.
package enum Securable: Hashable, Sendable {
  case database
  case tenant(TenantID)
  case table(TableID, columns: [Int])
}

/// One thing that a bound statement touches.
package struct Access: Hashable, Sendable {
  package var privilege: Privilege
  package var securable: Securable
  /// The object's name, for the refusal's message.
  package var name: String

  package init(_ privilege: Privilege, on securable: Securable, name: String) {
    self.privilege = privilege
    self.securable = securable
    self.name = name
  }
}

/// Who may do what. Deny by default: an implementation answers yes only for what it knows.
package protocol Grants: Sendable {
  func allows(_ access: Access, to actor: ActorID, in tenant: TenantID) -> Bool
}
