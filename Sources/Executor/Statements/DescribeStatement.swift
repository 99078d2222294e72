import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// DESCRIBE: a line for each column of a table.
enum DescribeStatement {
  static func run(_ table: TableDefinition) throws(Diagnostic) -> StatementOutcome {
    var facts = FactTable(
      ("name", .string), ("type", .string), ("nullable", .boolean), ("default", .string), ("note", .string),
      ("seal", .string))
    for (ordinal, column) in table.columns.enumerated() {
      facts.append(
        .text(column.name), .text(column.type.description),
        .boolean(
          !column.isNotNull && !table.primaryKey.contains(ordinal) && table.entity?.ordinal != ordinal),
        .optional(column.defaultSQL), .optional(note(ordinal, of: table)),
        .text(table.seal.name))
    }
    return try facts.outcome()
  }

  private static func note(_ ordinal: Int, of table: TableDefinition) -> String? {
    var notes: [String] = []
    if let place = table.primaryKey.firstIndex(of: ordinal) {
      notes.append(table.primaryKey.count == 1 ? "primary key" : "primary key, part \(place + 1)")
    }
    for index in table.indexes {
      guard let place = index.columns.firstIndex(of: ordinal) else { continue }
      let kind = index.isConstraint ? "unique" : index.isUnique ? "unique index" : "index"
      notes.append("\(kind) \(index.name)" + (index.columns.count == 1 ? "" : ", part \(place + 1)"))
    }
    if let entity = table.entity, entity.ordinal == ordinal { notes.append("entity \(entity.type)") }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }
}
