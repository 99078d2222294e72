import VSQLSchema

/// Scalars as EXPLAIN shows them: names where they are known, the statement's own literals, never a whole
/// vector.
struct ScalarPrinter {
  /// Of the columns that the scalar is over.
  let names: [String]
  private static let longestText = 60

  func text(_ scalar: Scalar) -> String {
    switch scalar.kind {
    case .constant(let value): constant(value, scalar.type)
    case .column(let ordinal): names.indices.contains(ordinal) ? names[ordinal] : "column \(ordinal + 1)"
    case .parameter(let index): "$\(index + 1)"
    case .subquery(let index): "(SubPlan \(index + 1))"
    case .exists(let index): "EXISTS(SubPlan \(index + 1))"
    case .inSubquery(let operand, let index, let negated):
      "(\(text(operand)) \(negated ? "NOT IN" : "IN") (SubPlan \(index + 1)))"
    case .call(let function, let list): call(function, list)
    case .compare(let comparison, let a, let b): "(\(text(a)) \(comparison.rawValue) \(text(b)))"
    case .and(let terms): "(\(terms.map(text).joined(separator: " AND ")))"
    case .or(let terms): "(\(terms.map(text).joined(separator: " OR ")))"
    case .not(let operand): "(NOT \(text(operand)))"
    case .isNull(let operand, let negated): "(\(text(operand)) IS \(negated ? "NOT " : "")NULL)"
    case .isTruth(let operand, let truth, let negated):
      "(\(text(operand)) IS \(negated ? "NOT " : "")\(truth.map { $0 ? "TRUE" : "FALSE" } ?? "UNKNOWN"))"
    case .isDistinct(let a, let b, let negated):
      "(\(text(a)) IS \(negated ? "NOT " : "")DISTINCT FROM \(text(b)))"
    case .inList(let operand, let list, let negated):
      "(\(text(operand)) \(negated ? "NOT IN" : "IN") (\(list.map(text).joined(separator: ", "))))"
    case .like(let operand, let pattern, let escape, let caseInsensitive, let negated):
      "(\(text(operand)) \(negated ? "NOT " : "")\(caseInsensitive ? "ILIKE" : "LIKE") \(text(pattern))"
        + (escape.map { " ESCAPE \(text($0))" } ?? "") + ")"
    case .case(let branches, let otherwise):
      "CASE " + branches.map { "WHEN \(text($0.condition)) THEN \(text($0.result)) " }.joined()
        + (otherwise.map { "ELSE \(text($0)) " } ?? "") + "END"
    case .coalesce(let list): "COALESCE(\(list.map(text).joined(separator: ", ")))"
    case .cast(let operand, _): "CAST(\(text(operand)) AS \(scalar.type))"
    }
  }

  private func constant(_ value: Value, _ type: SQLType) -> String {
    switch value {
    case .null: return "NULL"
    case .boolean(let flag): return flag ? "TRUE" : "FALSE"
    case .integer, .double, .decimal: return value.text ?? "NULL"
    case .text(let text): return quoted(text)
    case .vector(let vector): return self.vector(vector)
    case .blob(let bytes): return "x'…' of \(bytes.count) bytes"
    case .date, .timestamp, .timestamptz, .uuid: return "\(type.unmodified) \(quoted(value.text ?? ""))"
    }
  }

  private func quoted(_ text: String) -> String {
    let isLong = text.unicodeScalars.count > Self.longestText
    var shown = ""
    for scalar in text.unicodeScalars.prefix(Self.longestText) {
      shown += scalar == "'" ? "''" : scalar.value < 0x20 ? " " : String(Character(scalar))
    }
    return isLong ? "'\(shown)…'" : "'\(shown)'"
  }

  /// The first element stands for all.
  private func vector(_ vector: VectorValue) -> String {
    let shape = vector.shape
    if shape.element == .bit { return "\(shape.dimension) bits" }
    let first = VectorValue(
      shape: VectorShape(dimension: 1, element: shape.element),
      bytes: Array(vector.bytes.prefix(shape.byteCount / shape.dimension)))
    let text = (Value.vector(first).text ?? "[]").dropFirst().dropLast()
    return shape.dimension == 1 ? "[\(text)]" : "[\(text), …, \(shape.dimension)]"
  }

  private func call(_ function: ScalarFunction, _ list: [Scalar]) -> String {
    let arguments = list.map(text)
    if let sign = Self.infix[function], arguments.count == 2 {
      return "(\(arguments[0]) \(sign) \(arguments[1]))"
    }
    if function == .negate, arguments.count == 1 { return "(- \(arguments[0]))" }
    if function == .makeVector { return "[\(arguments.joined(separator: ", "))]" }
    return "\(name(function))(\(arguments.joined(separator: ", ")))"
  }

  private func name(_ function: ScalarFunction) -> String {
    switch function {
    case .greatest: "GREATEST"
    case .least: "LEAST"
    case .nullIf: "NULLIF"
    default:
      DistanceFunctions.of(function)?.name ?? FunctionSignatures.all.first { $0.function == function }?.name
        ?? function.rawValue
    }
  }

  private static let infix: [ScalarFunction: String] = [
    .add: "+", .subtract: "-", .multiply: "*", .divide: "/", .modulo: "%", .concatenate: "||",
    .dateAddDays: "+", .dateSubtractDays: "-", .dateDifference: "-", .l2Distance: "<->",
    .cosineDistance: "<=>", .negativeInnerProduct: "<#>", .l1Distance: "<+>", .hammingDistance: "<~>",
    .jaccardDistance: "<%>",
  ]
}

extension AggregateCall {
  func text(_ printer: ScalarPrinter) -> String {
    let list = arguments.isEmpty ? "*" : arguments.map(printer.text).joined(separator: ", ")
    let call = "\(function.rawValue)(\(isDistinct ? "DISTINCT " : "")\(list))"
    return filter.map { "\(call) FILTER (WHERE \(printer.text($0)))" } ?? call
  }
}
