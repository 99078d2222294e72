import VSQLSchema

/// What a rule may look at beside the plan.
struct RuleContext {
  let catalog: any Catalog
}

/// One rewriting of plans. It gives the same rows in the same order, and columns of the same types.
struct Rule {
  /// As `EXPLAIN (RULES)` names it.
  let name: String
  let apply: (PlanNode, RuleContext) -> PlanNode

  /// A rule that looks at one operator at a time, from the leaves up.
  static func eachNode(_ name: String, _ change: @escaping (PlanNode, RuleContext) -> PlanNode) -> Rule {
    Rule(name: name) { root, context in root.rewritten { change($0, context) } }
  }

  /// Every rule, in the order in which they run.
  static var all: [Rule] {
    []
  }
}
