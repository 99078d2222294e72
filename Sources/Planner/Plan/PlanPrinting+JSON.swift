import VSQLSchema

/// EXPLAIN (FORMAT json): PostgreSQL's shape, one document.
extension PlanPrinting {
  static func json(_ statement: BoundStatement, rules: [String]?, _ annotation: Annotation) -> [String] {
    let (head, main, subqueries) = parts(of: statement)
    var members: [(String, JSONText)] = []
    if let head { members.append(("Statement", .text(head))) }
    if let main { members.append(("Plan", tree(main, subquery: nil, annotation))) }
    if !subqueries.isEmpty {
      members.append(
        ("Subplans", .list(subqueries.enumerated().map { tree($1.root, subquery: $0, annotation) })))
    }
    if let rules { members.append(("Rules", .list(rules.map(JSONText.text)))) }
    return JSONText.list([.object(members)]).lines
  }

  private static func tree(_ root: PlanNode, subquery: Int?, _ annotation: Annotation) -> JSONText {
    let namer = ColumnNamer(root)
    var number = 0
    func object(_ node: PlanNode) -> JSONText {
      let description = PlanDescription(node, namer: namer)
      var members: [(String, JSONText)] = [("Node Type", .text(description.name))]
      if let relation = description.relation { members.append(("Relation Name", .text(relation))) }
      if let alias = description.alias { members.append(("Alias", .text(alias))) }
      if let index = description.index { members.append(("Index Name", .text(index))) }
      members.append(("Startup Cost", .number(micro(node.estimate.startNanoseconds))))
      members.append(("Total Cost", .number(micro(node.estimate.totalNanoseconds))))
      members.append(("Plan Rows", .number(count(node.estimate.rows))))
      members.append(("Plan Width", .number("\(node.estimate.width)")))
      members += description.details.map { ($0.label, .text($0.text)) }
      if let actual = annotation(subquery, number) { members.append(("Actual", .text(actual))) }
      number += 1
      if !node.children.isEmpty {
        members.append(("Plans", .list(node.children.map(object))))
      }
      return .object(members)
    }
    return object(root)
  }
}

/// JSON on its way to text.
private indirect enum JSONText {
  case text(String)
  case number(String)
  case list([JSONText])
  case object([(String, JSONText)])

  var lines: [String] {
    switch self {
    case .text(let text): [Self.quoted(text)]
    case .number(let digits): [digits == "infinity" ? "null" : digits]
    case .list(let items): Self.wrapped("[", items.map(\.lines), "]")
    case .object(let members):
      Self.wrapped(
        "{",
        members.map { name, value in
          var lines = value.lines
          lines[0] = "\(Self.quoted(name)): \(lines[0])"
          return lines
        }, "}")
    }
  }

  private static func wrapped(_ open: String, _ items: [[String]], _ close: String) -> [String] {
    if items.isEmpty { return [open + close] }
    var lines = [open]
    for (index, item) in items.enumerated() {
      for (row, line) in item.enumerated() {
        let isLast = row == item.count - 1 && index < items.count - 1
        lines.append("  \(line)\(isLast ? "," : "")")
      }
    }
    return lines + [close]
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
