import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// One execution of one statement: what its operators share. Used by one thread.
final class Run {
  let context: ExecutionContext
  /// Grows while subqueries are answered, before the first operator that needs them is made.
  private(set) lazy var environment = EvaluationEnvironment(
    parameters: context.parameters, subqueries: [], nowMicroseconds: context.nowMicroseconds,
    user: context.actor.hex)
  /// What the operators of an EXPLAIN ANALYZE did; nil: nobody asked.
  let meter: Meter?
  /// Of every hash table: keys are hostile. Drawn by a call of the system, for the statements that hash.
  private(set) lazy var hashSeed = UInt64.random(in: .min ... .max)

  init(_ context: ExecutionContext, meter: Meter? = nil) {
    self.context = context
    self.meter = meter
  }

  /// A run for a subquery that has subqueries of its own; those are not measured apart.
  private func nested() -> Run { Run(context) }

  /// Read once a batch.
  ///
  /// - Throws: 57014 when the statement was cancelled or its time is up.
  func check() throws(Diagnostic) { try context.patience.check() }

  /// Answers `plans` one after the other; scalars compiled afterwards see the answers.
  func answer(_ plans: [Plan]) throws {
    for plan in plans {
      let run = plan.subqueries.isEmpty ? self : nested()
      if !plan.subqueries.isEmpty { try run.answer(plan.subqueries) }
      var stack = RowStack(types: plan.root.output)
      let source = try OperatorBuilder(run: run, meter: meter?.addSubquery()).make(plan.root)
      while let batch = try source.next() { try stack.append(batch) }
      environment.subqueries.append(SubqueryAnswer(columns: stack.finish(), rowCount: stack.count))
    }
  }

  /// The running operators of the statement's own plan; its subqueries are answered already.
  func source(of root: PlanNode) throws -> any BatchSource {
    try OperatorBuilder(run: self, meter: meter?.main).make(root)
  }

  /// A new operator's part of the database's memory budget.
  func operatorMemory() -> OperatorMemory { OperatorMemory(context.store.memory) }

  func compile(_ scalar: Scalar) throws(Diagnostic) -> CompiledScalar {
    try CompiledScalar(scalar, in: environment)
  }

  func compile(predicate: Scalar) throws(Diagnostic) -> CompiledPredicate {
    try CompiledPredicate(predicate, in: environment)
  }

  /// The value of a scalar that reads no column.
  func value(of scalar: Scalar) throws(Diagnostic) -> Value {
    switch scalar.kind {
    case .constant(let constant): return constant
    // It was cast to its type before execution.
    case .parameter(let index) where context.parameters.indices.contains(index):
      return context.parameters[index]
    default: break
    }
    return try compile(scalar).evaluate(Batch(columns: [], count: 1)).value(at: 0)
  }

  /// The row count that LIMIT, OFFSET or NEAREST names; nil for NULL.
  func rowCount(_ scalar: Scalar, of clause: String, orElse state: SQLState) throws(Diagnostic) -> Int? {
    switch try value(of: scalar) {
    case .null: return nil
    case .integer(let count) where count >= 0: return Int(count)
    default:
      throw Diagnostic(state, "\(clause) must not be negative", at: scalar.span)
    }
  }
}
