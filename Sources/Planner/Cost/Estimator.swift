import VSQLSchema

struct Estimator {
  let catalog: any Catalog
  func priced(_ root: PlanNode, subqueries: [Plan]) -> PlanNode { root }
}
