import VSQLSchema
import VSQLStorage
import VSQLTrust

/// A table with a primary key, an entity column and a vector: id INTEGER PRIMARY KEY, name TEXT, patient TEXT ENTITY, v VECTOR(4).
let peopleDefinition = TableDefinition(
  id: TableID(0), name: "people",
  columns: [
    ColumnDefinition(name: "id", type: .bigint, isNotNull: true),
    ColumnDefinition(name: "name", type: .string),
    ColumnDefinition(name: "patient", type: .string, isNotNull: true),
    ColumnDefinition(name: "v", type: .vector(VectorShape(dimension: 4, element: .float32))),
  ],
  primaryKey: [0], entity: EntityColumn(ordinal: 2, type: "patient"))

func peopleBatch(_ ids: some Sequence<Int>, patient: (Int) -> String = { "p-\($0 % 10)" }) throws -> Batch {
  var builders = peopleDefinition.columns.map { ColumnBuilder(type: $0.type) }
  var count = 0
  for id in ids {
    try builders[0].append(.integer(Int64(id)))
    try builders[1].append(id % 7 == 0 ? .null : .text("name \(id)"))
    try builders[2].append(.text(patient(id)))
    var bytes: [UInt8] = []
    for element in 0..<4 {
      let bits = Float(id * 4 + element).bitPattern
      bytes.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) })
    }
    try builders[3].append(
      .vector(VectorValue(shape: VectorShape(dimension: 4, element: .float32), bytes: bytes)))
    count += 1
  }
  return Batch(columns: builders.map { $0.finish() }, count: count)
}

extension Store {
  static func inMemory() throws -> Store { try .open(.memory, key: .inMemory) }

  func write<Answer>(_ body: (Transaction) throws -> Answer) throws -> Answer {
    let transaction = try begin(tenant: mainTenant, actor: owner, readOnly: false)
    do {
      let answer = try body(transaction)
      try transaction.commit()
      return answer
    } catch {
      transaction.rollback()
      throw error
    }
  }

  @discardableResult
  func createPeople() throws -> TableID { try write { try $0.createTable(peopleDefinition) } }

  var scope: RowScope { RowScope(tenant: mainTenant, visible: .all, consent: latches().mask()) }

  func rows(_ table: TableID) throws -> [Row] {
    try snapshot(tenant: mainTenant).scan(table, columns: [0, 1, 2, 3], scope: scope).rows()
  }

  func ids(_ table: TableID) throws -> [Int64] { try rows(table).map(\.id) }
}

struct Row: Equatable {
  var rowID: RowID
  var id: Int64
  var values: [Value]
}

extension TableScan {
  func rows() throws -> [Row] {
    var rows: [Row] = []
    while let batch = try next() {
      let selected = batch.selection?.map(Int.init) ?? Array(0..<batch.count)
      for row in selected {
        let values = batch.columns.map { $0.value(at: row) }
        guard case .integer(let id) = values[0], let rowID = batch.rowIDs?[row] else { continue }
        rows.append(Row(rowID: rowID, id: id, values: values))
      }
    }
    return rows
  }
}
