import VSQLDiagnostics
import VSQLSchema

/// A catalog whose tables and statistics a test writes down.
struct FixedCatalog: Catalog {
  var tables: [TableDefinition]
  var tenants: [TenantName] = [
    TenantName(name: "acme", id: TenantID(2)), TenantName(name: "main", id: TenantID(1)),
  ]
  var known: [TableID: TableStatistics] = [:]

  func table(named name: String) -> TableDefinition? { tables.first { $0.name == name } }
  func statistics(of table: TableID) -> TableStatistics { known[table] ?? TableStatistics(rowCount: 1_000) }

  /// packages (with a vector of 4 dimensions), queries, sections.
  static let shop = FixedCatalog(
    tables: [
      TableDefinition(
        id: TableID(10), name: "packages",
        columns: [
          ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
          ColumnDefinition(name: "name", type: .string, isNotNull: true),
          ColumnDefinition(name: "section", type: .text(maxLength: 20)),
          ColumnDefinition(name: "size", type: .bigint),
          ColumnDefinition(name: "score", type: .double),
          ColumnDefinition(name: "price", type: .decimal(DecimalShape(precision: 10, scale: 2))),
          ColumnDefinition(name: "added", type: .date),
          ColumnDefinition(name: "embedding", type: .vector(VectorShape(dimension: 4, element: .float16))),
          ColumnDefinition(name: "code", type: .vector(VectorShape(dimension: 8, element: .bit))),
        ],
        primaryKey: [0], entity: EntityColumn(ordinal: 1, type: "package")),
      TableDefinition(
        id: TableID(11), name: "queries",
        columns: [
          ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
          ColumnDefinition(name: "q", type: .vector(VectorShape(dimension: 4, element: .float32))),
          ColumnDefinition(name: "note", type: .string),
        ], primaryKey: [0]),
      TableDefinition(
        id: TableID(12), name: "sections",
        columns: [
          ColumnDefinition(name: "section", type: .string, isNotNull: true),
          ColumnDefinition(name: "title", type: .string),
          ColumnDefinition(name: "open", type: .boolean, isNotNull: true),
        ], primaryKey: [0]),
    ],
    known: [
      TableID(10): TableStatistics(
        rowCount: 10_000, rowBytes: 120,
        columns: [
          ColumnStatistics(minimum: .integer(1), maximum: .integer(10_000), distinctCount: 10_000),
          ColumnStatistics(distinctCount: 10_000),
          ColumnStatistics(
            minimum: .text("admin"), maximum: .text("x11"), nullCount: 1_000, distinctCount: 50),
          ColumnStatistics(minimum: .integer(0), maximum: .integer(1_000_000), distinctCount: 5_000),
          ColumnStatistics(), ColumnStatistics(), ColumnStatistics(), ColumnStatistics(), ColumnStatistics(),
        ]),
      TableID(11): TableStatistics(rowCount: 20, rowBytes: 30),
      TableID(12): TableStatistics(rowCount: 50, rowBytes: 40),
    ])
}

/// Everything for the owner; for anyone else what is listed.
struct FixedGrants: Grants {
  var owner = ActorID(1)
  var allowed: Set<Privilege> = []

  func allows(_ access: Access, to actor: ActorID, in tenant: TenantID) -> Bool {
    actor == owner || allowed.contains(access.privilege)
  }
}
