import VSQLSchema

/// `audit.events`: the audit chain as a table to read. No statement writes it.
package enum AuditEventsTable {
  /// The schema that no table of a user may stand in.
  package static let schema = "audit"
  package static let name = "events"

  /// No stored table has this id: the store draws from 1.
  package static let id = TableID(0)

  package static let definition = TableDefinition(
    id: id, name: "\(schema).\(name)",
    columns: [
      ColumnDefinition(name: "seq", type: .bigint, isNotNull: true),
      ColumnDefinition(name: "event_id", type: .uuid, isNotNull: true),
      ColumnDefinition(name: "at", type: .timestamptz, isNotNull: true),
      ColumnDefinition(name: "tenant", type: .string),
      ColumnDefinition(name: "actor", type: .string),
      ColumnDefinition(name: "action", type: .string, isNotNull: true),
      ColumnDefinition(name: "resource", type: .string),
      ColumnDefinition(name: "outcome", type: .string, isNotNull: true),
      ColumnDefinition(name: "detail", type: .string),
      ColumnDefinition(name: "chain_hash", type: .string, isNotNull: true),
      ColumnDefinition(name: "chain_verified", type: .boolean, isNotNull: true),
    ],
    origin: .auditEvents)
}
