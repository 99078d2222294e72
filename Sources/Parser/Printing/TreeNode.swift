import VSQLDiagnostics

/// A node of a tree as `EXPLAIN (AST)` shows it.
struct TreeNode {
  var label: String
  var span: SourceSpan?
  var children: [TreeNode] = []

  /// A node that only names the place of what is below it: `where`, `order by`.
  static func part(_ label: String, _ children: [TreeNode]) -> TreeNode {
    TreeNode(label: label, span: nil, children: children)
  }

  /// One line a node, two spaces of indentation a level, the span as `@start..end`.
  func lines(indent: Int = 0) -> [String] {
    let place = span.map { " @\($0.start)..\($0.end)" } ?? ""
    let line = String(repeating: "  ", count: indent) + label + place
    return [line] + children.flatMap { $0.lines(indent: indent + 1) }
  }
}

extension ParsedStatement {
  /// The tree of the statement, one line a node, with the UTF-8 offsets of its place in the text.
  package func treeLines() -> [String] {
    TreeNode(label: statement.treeLabel, span: span, children: statement.treeChildren).lines()
  }
}

extension Name {
  func node(_ role: String) -> TreeNode { TreeNode(label: "\(role) \(sql)", span: span) }
}

extension ObjectName {
  func node(_ role: String) -> TreeNode { TreeNode(label: "\(role) \(sql)", span: span) }
}

extension TypeName {
  var node: TreeNode { TreeNode(label: "type \(sql)", span: span) }
}

extension Option {
  var node: TreeNode { TreeNode(label: "option \(name.sql)", span: name.span, children: [value.node]) }
}
