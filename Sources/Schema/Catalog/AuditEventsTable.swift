extension TableDefinition {
  /// `audit.events`: every database has it; its rows are read from the chain.
  ///
  /// Ids stand where a name could betray: `tenant` and `actor` are 16 hexadecimal digits. `resource` and `detail` are
  /// NULL once their salts are destroyed. `chain_verified`: the chain holds from the first event to this one.
  package static let auditEvents = TableDefinition(
    id: TableID(1), name: "audit.events",
    columns: [
      ColumnDefinition(name: "seq", type: .bigint, isNotNull: true),
      ColumnDefinition(name: "event_id", type: .string, isNotNull: true),
      ColumnDefinition(name: "at", type: .timestamptz, isNotNull: true),
      ColumnDefinition(name: "tenant", type: .string, isNotNull: true),
      ColumnDefinition(name: "actor", type: .string, isNotNull: true),
      ColumnDefinition(name: "action", type: .string, isNotNull: true),
      ColumnDefinition(name: "resource", type: .string),
      ColumnDefinition(name: "outcome", type: .string, isNotNull: true),
      ColumnDefinition(name: "detail", type: .string),
      ColumnDefinition(name: "chain_hash", type: .string, isNotNull: true),
      ColumnDefinition(name: "chain_verified", type: .boolean, isNotNull: true),
    ],
    origin: .auditEvents)
}
