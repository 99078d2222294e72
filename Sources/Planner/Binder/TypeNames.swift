import VSQLDiagnostics
import VSQLParser
import VSQLSchema

/// Which names are types, and what their arguments mean.
package enum TypeNames {
  /// Every type name that is understood, for "did you mean".
  static let known: [String] = [
    "bigint", "bit", "blob", "bool", "boolean", "bytea", "character varying", "date", "decimal", "double",
    "double precision", "float", "float4", "float8", "halfvec", "int", "int2", "int4", "int8", "integer",
    "numeric", "real", "smallint", "text", "timestamp", "timestamp with time zone",
    "timestamp without time zone", "timestamptz", "uuid", "varchar", "vector",
  ]

  /// Types of the language that have an issue of their own.
  private static let later: Set<String> = [
    "time", "interval", "json", "jsonb", "sparsevec", "char", "character",
  ]

  /// - Throws: 42704 for an unknown name, 22023 for an argument out of range, 0A000 for a type to come.
  package static func resolve(_ name: TypeName) throws(Diagnostic) -> SQLType {
    switch name.name {
    case "boolean", "bool": return try plain(.boolean, name)
    case "smallint", "int2": return try plain(.integer(.bits16), name)
    case "int", "int4": return try plain(.integer(.bits32), name)
    case "integer", "bigint", "int8": return try plain(.bigint, name)
    case "double", "double precision", "float8", "real", "float4": return try plain(.double, name)
    case "float":
      if name.arguments.isEmpty { return .double }
      _ = try number(name, at: 0, in: 1...53, what: "precision of FLOAT")
      return .double
    case "decimal", "numeric": return try decimal(name)
    case "text": return try plain(.string, name)
    case "varchar", "character varying":
      if name.arguments.isEmpty { return .string }
      try count(name, 1...1)
      return .text(maxLength: try number(name, at: 0, in: 1...10_485_760, what: "length of VARCHAR"))
    case "blob", "bytea": return try plain(.blob, name)
    case "date": return try plain(.date, name)
    case "timestamp", "timestamp without time zone": return try plain(.timestamp, name)
    case "timestamptz", "timestamp with time zone": return try plain(.timestamptz, name)
    case "uuid": return try plain(.uuid, name)
    case "vector": return try vector(name)
    case "halfvec":
      try count(name, 1...1)
      return .vector(VectorShape(dimension: try dimension(name), element: .float16))
    case "bit":
      try count(name, 1...1)
      return .vector(VectorShape(dimension: try dimension(name), element: .bit))
    default:
      if later.contains(name.name) {
        throw Diagnostic(.featureNotSupported, "type \(name.name) is not supported yet", at: name.span)
      }
      throw Diagnostic(
        .undefinedObject, "type \"\(name.name)\" does not exist", at: name.span,
        label: Suggestion.label(for: name.name, in: known))
    }
  }

  private static func plain(_ type: SQLType, _ name: TypeName) throws(Diagnostic) -> SQLType {
    try count(name, 0...0)
    return type
  }

  private static func decimal(_ name: TypeName) throws(Diagnostic) -> SQLType {
    if name.arguments.isEmpty { return .numeric }
    guard name.arguments.count <= 2 else {
      throw Diagnostic(
        .invalidParameterValue,
        "type \(name.name) takes a precision and a scale, not \(name.arguments.count) arguments",
        at: name.span)
    }
    let precision = try number(name, at: 0, in: 1...DecimalShape.maxPrecision, what: "precision of DECIMAL")
    let scale =
      name.arguments.count > 1 ? try number(name, at: 1, in: 0...precision, what: "scale of DECIMAL") : 0
    return .decimal(
      DecimalShape(precision: UInt8(truncatingIfNeeded: precision), scale: UInt8(truncatingIfNeeded: scale)))
  }

  private static func vector(_ name: TypeName) throws(Diagnostic) -> SQLType {
    try count(name, 1...2)
    let dimension = try dimension(name)
    guard name.arguments.count > 1 else {
      return .vector(VectorShape(dimension: dimension, element: .float32))
    }
    switch name.arguments[1] {
    case "float32": return .vector(VectorShape(dimension: dimension, element: .float32))
    case "float16": return .vector(VectorShape(dimension: dimension, element: .float16))
    case "bit": return .vector(VectorShape(dimension: dimension, element: .bit))
    case "int8":
      throw Diagnostic(.featureNotSupported, "vectors of INT8 are not supported yet", at: name.span)
    case let other:
      throw Diagnostic(
        .invalidParameterValue, "a vector's element is FLOAT32, FLOAT16 or BIT, not \"\(other)\"",
        at: name.span, label: Suggestion.label(for: other, in: ["float32", "float16", "bit"]))
    }
  }

  private static func dimension(_ name: TypeName) throws(Diagnostic) -> Int {
    try number(name, at: 0, in: 1...VectorShape.maxDimension, what: "dimension of \(name.name.uppercased())")
  }

  private static func count(_ name: TypeName, _ range: ClosedRange<Int>) throws(Diagnostic) {
    if range.contains(name.arguments.count) { return }
    if name.arguments.isEmpty {
      throw Diagnostic(
        .syntaxError, "type \(name.name) needs its size, for example \(name.name)(384)", at: name.span)
    }
    let expected =
      range.upperBound == 0
      ? "no arguments"
      : range.count == 1
        ? "\(range.lowerBound) argument" : "\(range.lowerBound) to \(range.upperBound) arguments"
    throw Diagnostic(
      .syntaxError, "type \(name.name) takes \(expected), not \(name.arguments.count)", at: name.span)
  }

  private static func number(_ name: TypeName, at index: Int, in range: ClosedRange<Int>, what: String)
    throws(Diagnostic) -> Int
  {
    let text = name.arguments[index]
    guard let value = Int(text), range.contains(value) else {
      throw Diagnostic(
        .invalidParameterValue,
        "the \(what) is between \(range.lowerBound) and \(range.upperBound), not \(text)", at: name.span)
    }
    return value
  }
}
