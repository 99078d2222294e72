import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

/// A scalar of the plan, ready to run over batches.
package struct CompiledScalar: Sendable {
  package let type: SQLType
  let program: Program

  /// - Throws: XX000 when the scalar names a parameter or subquery that the environment does not have.
  package init(_ scalar: Scalar, in environment: EvaluationEnvironment) throws(Diagnostic) {
    type = scalar.type
    program = try Compiler(environment: environment).program(scalar)
  }

  /// One value for each of the batch's rows, or the constant form. What stands outside the batch's selection means nothing.
  ///
  /// - Throws: an error of a selected row (22012, 22003, 22P02, …), at the place in the statement that it comes from.
  package func evaluate(_ batch: Batch) throws(Diagnostic) -> Column {
    try program.evaluate(batch, try Rows(of: batch)).typed(type)
  }

  /// The value for one row without columns: LIMIT, DEFAULT, a query vector.
  package func value() throws(Diagnostic) -> Value {
    try evaluate(Batch(columns: [], count: 1)).value(at: 0)
  }

  /// The value when it does not depend on rows; nil when it may.
  package var constantValue: Value? {
    if case .constant(let column) = program { return column.value(at: 0) }
    return nil
  }
}

/// A BOOLEAN scalar of the plan, ready to filter batches.
package struct CompiledPredicate: Sendable {
  private let program: Program

  package init(_ scalar: Scalar, in environment: EvaluationEnvironment) throws(Diagnostic) {
    program = try Compiler(environment: environment).program(scalar)
  }

  /// The positions within the batch's selection where the predicate is TRUE, ascending; nil: all rows of the batch.
  package func select(_ batch: Batch) throws(Diagnostic) -> [UInt16]? {
    try program.select(batch, try Rows(of: batch)).positions
  }
}

extension Rows {
  init(of batch: Batch) throws(Diagnostic) {
    guard batch.count <= 1 << 16 else {
      throw Diagnostic(.internalError, "a batch of \(batch.count) rows is wider than a selection can name")
    }
    self.init(count: batch.count, positions: batch.selection)
  }
}
