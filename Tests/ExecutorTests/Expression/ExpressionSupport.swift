import VSQLDiagnostics
import VSQLExecutor
import VSQLPlanner
import VSQLSchema

/// Short ways to write scalars.
enum Make {
  static func type(of value: Value) -> SQLType {
    switch value {
    case .null: .unknown
    case .boolean: .boolean
    case .integer: .bigint
    case .double: .double
    case .decimal: .numeric
    case .text: .string
    case .blob: .blob
    case .date: .date
    case .timestamp: .timestamp
    case .timestamptz: .timestamptz
    case .uuid: .uuid
    case .vector(let vector): .vector(vector.shape)
    }
  }

  static func constant(_ value: Value, _ type: SQLType? = nil) -> Scalar {
    Scalar(.constant(value), type: type ?? Make.type(of: value))
  }

  static func text(_ text: String) -> Scalar { constant(.text(text)) }
  static func integer(_ value: Int64) -> Scalar { constant(.integer(value)) }
  static func double(_ value: Double) -> Scalar { constant(.double(value)) }

  static func column(_ ordinal: Int, _ type: SQLType) -> Scalar { Scalar(.column(ordinal), type: type) }

  /// A value of `type` by its text.
  static func value(_ text: String, _ type: SQLType) throws -> Scalar {
    constant(try Value(parsing: text, type: type), type)
  }

  static func call(_ function: ScalarFunction, _ arguments: [Scalar], _ type: SQLType) -> Scalar {
    Scalar(.call(function, arguments), type: type, span: SourceSpan(start: 7, end: 9))
  }

  static func column(_ values: [Value], _ type: SQLType) throws -> Column {
    var builder = ColumnBuilder(type: type)
    for value in values { try builder.append(value) }
    return builder.finish()
  }
}

/// Ways to run one scalar.
enum Run {
  /// The text of a scalar without columns: folded, as the compiler sees it.
  static func folded(_ scalar: Scalar, _ environment: EvaluationEnvironment = EvaluationEnvironment()) throws
    -> String?
  {
    try CompiledScalar(scalar, in: environment).value().text
  }

  /// The same scalar with its constants moved to columns of three rows, so that the flat kernels run; the text of each row.
  static func flat(_ scalar: Scalar, _ environment: EvaluationEnvironment = EvaluationEnvironment()) throws
    -> [String?]
  {
    guard case .call(let function, let arguments) = scalar.kind else { return [] }
    var columns: [Column] = []
    var references: [Scalar] = []
    for argument in arguments {
      guard case .constant(let value) = argument.kind else {
        references.append(argument)
        continue
      }
      references.append(Make.column(columns.count, argument.type))
      columns.append(try Make.column([value, .null, value], argument.type))
    }
    var moved = scalar
    moved.kind = .call(function, references)
    let batch = Batch(columns: columns, count: 3)
    let result = try CompiledScalar(moved, in: environment).evaluate(batch)
    return (0..<3).map { result.value(at: $0).text }
  }
}
