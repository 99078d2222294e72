import VSQLSchema

/// What EXPLAIN prints, in PostgreSQL's form. A unit of cost is a microsecond of one core.
package enum PlanPrinting {
  /// What is said behind the estimate of a node, for EXPLAIN ANALYZE: by the plan (nil: the main one, else
  /// the subquery's index) and the node's number in it, counted from 0, a node before its inputs, the left
  /// input first.
  package typealias Annotation = (_ subquery: Int?, _ node: Int) -> String?

  /// The lines of `EXPLAIN`, of any stage and format.
  package static func lines(
    of planned: PlannedStatement, explain: BoundExplain, annotation: @escaping Annotation = { _, _ in nil }
  ) -> [String] {
    let statement: BoundStatement
    switch planned.bound.kind {
    case .explain(let own): statement = own.statement ?? planned.bound
    default: statement = planned.bound
    }
    switch (explain.stage, explain.format) {
    case (.tokens, _), (.ast, _): return explain.lines
    case (.plan, .json), (.cost, .json): return json(statement, rules: nil, annotation)
    case (.rules, .json): return json(statement, rules: planned.ruleLog, annotation)
    case (.plan, .text): return lines(of: statement, annotation: annotation)
    case (.rules, .text):
      let rules = planned.ruleLog.enumerated().map { "\($0 + 1). \($1)" }
      return (rules.isEmpty ? ["no rule applies"] : rules) + lines(of: statement, annotation: annotation)
    case (.cost, .text): return costLines(of: statement)
    }
  }

  /// The plan as a tree, costs at each node.
  package static func lines(of statement: BoundStatement, annotation: @escaping Annotation = { _, _ in nil })
    -> [String]
  {
    let (head, main, subqueries) = parts(of: statement)
    var lines: [String] = []
    var indent = 0
    if let head {
      lines.append(head)
      indent = 2
    }
    if let main {
      var printer = TreePrinter(namer: ColumnNamer(main), subquery: nil, annotation: annotation)
      lines += printer.lines(main, indent: indent, isRoot: head == nil)
    }
    for (index, plan) in subqueries.enumerated() {
      lines.append("  SubPlan \(index + 1)")
      var printer = TreePrinter(namer: ColumnNamer(plan.root), subquery: index, annotation: annotation)
      lines += printer.lines(plan.root, indent: 4, isRoot: false)
    }
    return lines
  }

  /// A line above the tree for statements that change rows, the tree, and the subqueries.
  static func parts(of statement: BoundStatement) -> (head: String?, main: PlanNode?, subqueries: [Plan]) {
    switch statement.kind {
    case .query(let plan): (nil, plan.root, plan.subqueries)
    case .insert(let insert):
      (
        change(
          "Insert", insert.table.name, Estimate(rows: Double(insert.rows.count), width: 0),
          CostModel.sealRecord),
        nil, insert.subqueries
      )
    case .update(let update):
      (
        change(
          "Update", update.table.name, update.matching.root.estimate,
          CostModel.deleteRow + CostModel.sealRecord),
        update.matching.root, update.matching.subqueries
      )
    case .delete(let delete):
      (
        change("Delete", delete.table.name, delete.matching.root.estimate, CostModel.deleteRow),
        delete.matching.root, delete.matching.subqueries
      )
    case .copy, .createTable, .dropTable, .createIndex, .dropIndex, .createTenant, .begin, .commit,
      .rollback, .savepoint, .setTransaction, .setTenant, .set,
      .reset, .show, .describe, .explain, .eraseEntity, .rotateKey, .verifyAudit, .checkDatabase, .maintain,
      .backup:
      (nil, nil, [])
    }
  }

  /// The line of a statement that changes the rows of `input`, at `price` nanoseconds each; it answers none.
  private static func change(_ verb: String, _ table: String, _ input: Estimate, _ price: Double) -> String {
    let total = input.totalNanoseconds + input.rows * price
    return "\(verb) on \(table)  "
      + figures(
        Estimate(
          rows: input.rows, startNanoseconds: input.startNanoseconds, totalNanoseconds: total, width: 0))
  }

  /// Every node's own share of the cost.
  private static func costLines(of statement: BoundStatement) -> [String] {
    let (head, main, subqueries) = parts(of: statement)
    var lines = head.map { [$0] } ?? []
    for root in [main].compactMap({ $0 }) + subqueries.map(\.root) {
      let namer = ColumnNamer(root)
      func add(_ node: PlanNode, depth: Int) {
        let below = node.children.reduce(0) { $0 + $1.estimate.totalNanoseconds }
        let own = max(0, node.estimate.totalNanoseconds - below)
        let description = PlanDescription(node, namer: namer)
        let name = String(repeating: "  ", count: depth) + description.title
        lines.append(
          "\(name): own \(micro(own)) us, total \(micro(node.estimate.totalNanoseconds)) us, "
            + "\(count(node.estimate.rows)) rows of \(node.estimate.width) bytes")
        for child in node.children { add(child, depth: depth + 1) }
      }
      add(root, depth: 0)
    }
    return lines
  }

  static func figures(_ estimate: Estimate) -> String {
    "(cost=\(micro(estimate.startNanoseconds))..\(micro(estimate.totalNanoseconds)) "
      + "rows=\(count(estimate.rows)) width=\(estimate.width))"
  }

  /// Microseconds with two digits behind the point.
  static func micro(_ nanoseconds: Double) -> String {
    let hundredths = (nanoseconds / 10).rounded()
    guard hundredths.isFinite, hundredths < 9e17 else { return "infinity" }
    let whole = Int64(hundredths)
    let rest = whole % 100
    return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func count(_ rows: Double) -> String {
    guard rows.isFinite, rows < 9e17 else { return "infinity" }
    return "\(Int64(max(rows > 0 ? 1 : 0, rows.rounded())))"
  }
}

extension PlanDescription {
  /// `Scan on packages p`.
  var title: String {
    guard let relation else { return name }
    let using = index.map { " using \($0)" } ?? ""
    guard let alias, alias != relation, !relation.hasSuffix(".\(alias)") else {
      return "\(name)\(using) on \(relation)"
    }
    return "\(name)\(using) on \(relation) \(alias)"
  }
}

/// One plan as indented lines.
private struct TreePrinter {
  let namer: ColumnNamer
  let subquery: Int?
  let annotation: PlanPrinting.Annotation
  private var number = 0

  init(namer: ColumnNamer, subquery: Int?, annotation: @escaping PlanPrinting.Annotation) {
    self.namer = namer
    self.subquery = subquery
    self.annotation = annotation
  }

  mutating func lines(_ node: PlanNode, indent: Int, isRoot: Bool) -> [String] {
    let description = PlanDescription(node, namer: namer)
    let pad = String(repeating: " ", count: indent)
    let actual = annotation(subquery, number).map { " \($0)" } ?? ""
    number += 1
    var lines = [
      "\(pad)\(isRoot ? "" : "->  ")\(description.title)  \(PlanPrinting.figures(node.estimate))\(actual)"
    ]
    let inner = isRoot ? indent + 2 : indent + 6
    let innerPad = String(repeating: " ", count: inner)
    lines += description.details.map { "\(innerPad)\($0.label): \($0.text)" }
    for child in node.children { lines += self.lines(child, indent: inner, isRoot: false) }
    return lines
  }
}
