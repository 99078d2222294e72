import VSQLSchema

/// What the expressions of one statement may read beside their rows. Clock and randomness come from outside.
package struct EvaluationEnvironment: Sendable {
  /// Of the types that the binder settled.
  package var parameters: [Value]
  /// By the index that `Scalar.Kind.subquery` names.
  package var subqueries: [SubqueryAnswer]
  /// The transaction's start, in microseconds since 1970-01-01 00:00:00 UTC.
  package var nowMicroseconds: Int64
  /// What `current_user` answers: the session's actor, as the audit chain writes it.
  package var user: String
  /// What `version()` answers.
  package var version: String
  /// 128 random bits, another 128 each time.
  package var randomBits: @Sendable () -> UInt128

  package init(
    parameters: [Value] = [], subqueries: [SubqueryAnswer] = [], nowMicroseconds: Int64 = 0,
    user: String = "", version: String = "vsql",
    randomBits: @escaping @Sendable () -> UInt128 = {
      var source = SystemRandomNumberGenerator()
      return UInt128(source.next()) << 64 | UInt128(source.next())
    }
  ) {
    self.parameters = parameters
    self.subqueries = subqueries
    self.nowMicroseconds = nowMicroseconds
    self.user = user
    self.version = version
    self.randomBits = randomBits
  }
}

/// The whole answer of an uncorrelated subquery.
package struct SubqueryAnswer: Sendable {
  package var columns: [Column]
  package var rowCount: Int

  package init(columns: [Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }
}
