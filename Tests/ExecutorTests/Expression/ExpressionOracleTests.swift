import Testing
import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// Kernels against the oracle, on random expressions over random batches.
struct ExpressionOracleTests {
  @Test func kernelsAgreeWithTheOracle() throws {
    let seed = UInt64.random(in: .min ... .max)
    var source = RandomScalars(random: Seeded(seed))
    var answers = 0
    var errors = 0
    for round in 0..<1_500 {
      let rows = source.pick([1, 7, 40])
      let types = RandomScalars.types + RandomScalars.types
      let columns = try types.map { try source.column($0, rows: rows) }
      let selection = source.chance(50) ? (0..<UInt16(rows)).filter { _ in source.chance(60) } : nil
      let batch = Batch(columns: columns, count: rows, selection: selection)
      let scalar = source.scalar(source.pick(RandomScalars.types), depth: source.pick([1, 2, 3]))
      let selected = selection.map { $0.map { Int($0) } } ?? Array(0..<rows)
      var expected: [Value] = []
      var states: Set<SQLState> = []
      for row in selected {
        switch Self.oracle(scalar, columns, row) {
        case .success(let value): expected.append(value)
        case .failure(let error): states.insert(error.state)
        }
      }
      let place = "seed \(seed), round \(round)"
      switch Self.kernels(scalar, batch) {
      case .failure(let error):
        #expect(states.contains(error.state), "\(place): \(error), expected \(states)")
        errors += 1
      case .success(let result):
        #expect(states.isEmpty, "\(place): no error, expected \(states)")
        if !states.isEmpty { continue }
        #expect(result.count == rows && result.type == scalar.type, "\(place)")
        for (row, value) in zip(selected, expected) {
          #expect(
            Self.isSame(result.value(at: row), value),
            "\(place), row \(row): \(result.value(at: row)), expected \(value)")
        }
        answers += 1
        guard scalar.type == .boolean else { continue }
        let chosen =
          try CompiledPredicate(scalar, in: EvaluationEnvironment()).select(batch) ?? Array(0..<UInt16(rows))
        let wanted = zip(selected, expected).filter { $0.1 == .boolean(true) }.map { UInt16($0.0) }
        #expect(chosen == wanted, "\(place)")
      }
    }
    // Were nearly all of one kind, the test would show little of the other.
    #expect(answers > 300 && errors > 100, "\(answers) answers, \(errors) errors")
  }

  private static func oracle(_ scalar: Scalar, _ columns: [Column], _ row: Int) -> Result<Value, Diagnostic> {
    let oracle = Oracle(row: columns.map { $0.value(at: row) })
    return Result { () throws(Diagnostic) in try oracle.value(scalar) }
  }

  private static func kernels(_ scalar: Scalar, _ batch: Batch) -> Result<Column, Diagnostic> {
    Result { () throws(Diagnostic) in try CompiledScalar(scalar, in: EvaluationEnvironment()).evaluate(batch)
    }
  }

  /// The same value to its scale; −0 and 0 may differ where NULL-skipping functions choose between equals.
  private static func isSame(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.double(let x), .double(let y)): x == y || (x.isNaN && y.isNaN)
    case (.decimal(let x), .decimal(let y)): x == y
    default: a == b
    }
  }
}
