internal import VSQL

/// vsql through its library: one session a thread.
final class VSQLSide: Engine {
  private let session: Session
  private var statements: [String: PreparedStatement] = [:]

  init(_ database: Database) throws { session = try database.ownerSession() }

  func run(_ sql: String, _ parameters: [Int]) throws -> Int {
    let answer = try prepared(sql).execute(parameters.map { .integer(Int64($0)) })
    var rows = 0
    for row in answer.rows {
      for column in 0..<row.values.count { _ = row.values[column] }
      rows += 1
    }
    return rows
  }

  private func prepared(_ sql: String) throws -> PreparedStatement {
    if let statement = statements[sql] { return statement }
    let statement = try session.prepare(sql)
    statements[sql] = statement
    return statement
  }
}
