import Testing
import VSQLPlanner
import VSQLSchema

/// What holds of every plan: ordinals exist, types agree, operators give what they say.
enum PlanCheck {
  static func check(_ statement: BoundStatement) {
    switch statement.kind {
    case .query(let plan):
      check(plan)
      #expect(plan.root.output.map(\.unmodified) == plan.columns.map(\.type.unmodified))
    case .update(let update):
      check(update.matching)
      #expect(update.matching.root.output.count == update.table.columns.count)
      for scalar in update.newRow { check(scalar, over: update.matching.root.output) }
    case .delete(let delete): check(delete.matching)
    case .insert(let insert):
      for row in insert.rows {
        #expect(row.count == insert.table.columns.count)
        for (cell, column) in zip(row, insert.table.columns) {
          check(cell, over: [])
          #expect(cell.type.unmodified == column.type.unmodified)
        }
      }
    case .explain(let explain): if let inner = explain.statement { check(inner) }
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set, .reset,
      .show, .describe, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain, .backup:
      break
    }
  }

  static func check(_ plan: Plan) {
    check(plan.root)
    for subquery in plan.subqueries { check(subquery.root) }
  }

  static func check(_ node: PlanNode) {
    for child in node.children { check(child) }
    let input = node.children.first?.output ?? []
    switch node.kind {
    case .singleRow: #expect(node.output.isEmpty)
    case .scan(let scan):
      #expect(scan.columns.count == node.output.count && scan.columnNames.count == node.output.count)
      if let predicate = scan.predicate { check(predicate, over: node.output) }
      for zone in scan.zones { #expect(zone.value.columns.isEmpty) }
    case .filter(_, let predicate):
      check(predicate, over: input)
      #expect(predicate.type == .boolean && node.output == input)
    case .project(_, let list):
      for scalar in list { check(scalar, over: input) }
      #expect(list.map(\.type.unmodified) == node.output.map(\.unmodified))
    case .hashJoin(let join):
      for (left, right) in zip(join.leftKeys, join.rightKeys) {
        check(left, over: join.left.output)
        check(right, over: join.right.output)
        #expect(left.type.unmodified == right.type.unmodified)
      }
      if let residual = join.residual { check(residual, over: node.output) }
      #expect(node.output == join.left.output + join.right.output)
    case .loopJoin(let join):
      if let predicate = join.predicate { check(predicate, over: node.output) }
      #expect(node.output == join.left.output + join.right.output)
    case .aggregate(let aggregate):
      for key in aggregate.keys { check(key, over: input) }
      for call in aggregate.calls {
        for argument in call.arguments { check(argument, over: input) }
        if let filter = call.filter { check(filter, over: input) }
      }
      #expect(node.output.count == aggregate.keys.count + aggregate.calls.count)
    case .distinct: #expect(node.output == input)
    case .sort(_, let keys):
      for key in keys { check(key.scalar, over: input) }
      #expect(node.output == input)
    case .topK(_, let keys, let count, let offset):
      for key in keys { check(key.scalar, over: input) }
      check(count, over: [])
      if let offset { check(offset, over: []) }
      #expect(node.output == input)
    case .limit(_, let count, let offset):
      if let count { check(count, over: []) }
      if let offset { check(offset, over: []) }
      #expect(node.output == input)
    case .nearest(let nearest):
      check(nearest.count, over: [])
      #expect(node.output == input + [.double])
      switch nearest.ranking {
      case .metric(_, let column, let query, _):
        check(query, over: [])
        checkVectors(input[column], query.type)
      case .expression(let scalar, _): check(scalar, over: input)
      }
    case .nearestJoin(let join):
      check(join.query, over: join.left.output)
      checkVectors(join.right.output[join.column], join.query.type)
      #expect(node.output == join.left.output + join.right.output + [.double])
    }
  }

  private static func checkVectors(_ a: SQLType, _ b: SQLType) {
    guard case .vector(let x) = a, case .vector(let y) = b else {
      Issue.record("\(a) and \(b) are not both vectors")
      return
    }
    #expect(x.dimension == y.dimension && (x.element == .bit) == (y.element == .bit))
  }

  static func check(_ scalar: Scalar, over input: [SQLType]) {
    for child in scalar.children { check(child, over: input) }
    #expect(scalar.type != .unknown, "\(scalar)")
    switch scalar.kind {
    case .column(let ordinal):
      guard input.indices.contains(ordinal) else {
        Issue.record("column \(ordinal) of \(input.count)")
        return
      }
      #expect(input[ordinal].unmodified == scalar.type.unmodified)
    case .compare(_, let a, let b), .isDistinct(let a, let b, _):
      #expect(a.type.unmodified == b.type.unmodified)
    case .inList(let a, let list, _): for item in list { #expect(item.type.unmodified == a.type.unmodified) }
    case .constant(let value): if let own = value.ownTypeForTest { #expect(own == scalar.type.unmodified) }
    case .parameter, .subquery, .exists, .inSubquery, .call, .and, .or, .not, .isNull, .isTruth, .like,
      .case, .coalesce, .cast:
      break
    }
  }
}

extension Value {
  fileprivate var ownTypeForTest: SQLType? {
    switch self {
    case .null: nil
    case .boolean: .boolean
    case .integer: .bigint
    case .double: .double
    case .decimal: .numeric
    case .text: .string
    case .blob: .blob
    case .date: .date
    case .timestamp: .timestamp
    case .timestamptz: .timestamptz
    case .uuid: .uuid
    case .vector(let vector): .vector(vector.shape)
    }
  }
}
