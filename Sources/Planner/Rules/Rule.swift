import VSQLSchema

/// What a rule may look at beside the plan.
struct RuleContext {
  let catalog: any Catalog
  /// The ordinals of the root's output that someone reads; nil: all.
  var required: Set<Int>?
  /// An index wherever one fits, whatever it costs.
  var prefersIndexes = false
}

/// One rewriting of plans. It gives the same rows in the same order (`chooseBuildSide` says where it does
/// not), and columns of the same types.
struct Rule: Sendable {
  /// As `EXPLAIN (RULES)` names it.
  let name: String
  let apply: @Sendable (PlanNode, RuleContext) -> PlanNode

  init(_ name: String, _ apply: @escaping @Sendable (PlanNode, RuleContext) -> PlanNode) {
    self.name = name
    self.apply = apply
  }

  /// A rule that looks at one operator at a time, from the leaves up.
  static func eachNode(_ name: String, _ change: @escaping @Sendable (PlanNode) -> PlanNode) -> Rule {
    Rule(name) { root, _ in root.rewritten(change) }
  }

  /// Every rule, in the order in which they run.
  static var all: [Rule] {
    [
      .foldConstants,
      .outerToInner,
      .pushDownFilters,
      .foldConstants,
      .mergeProjections,
      .pushDownLimits,
      .joinKeys,
      .topK,
      .chooseBuildSide,
      .pruneColumns,
      .mergeProjections,
      .orderTerms,
      .zoneConditions,
      .chooseIndex,
    ]
  }
}
