import VSQLDiagnostics

/// Casts of single values, for the edge: parameters, literals, DEFAULT. Columns are cast by the executor's kernels, with the same results.
package enum ValueCast {
  /// `value` as `type` holds it; NULL stays NULL.
  ///
  /// - Parameter isAssignment: a text that is too long for VARCHAR(n) is error 22001, unless only blanks are cut; else it is cut.
  /// - Throws: 42846 where no such cast is known; 22P02, 22007, 22008, 22003 or 22000 for the value.
  package static func cast(
    _ value: Value, to type: SQLType, isAssignment: Bool
  ) throws(Diagnostic) -> Value {
    if case .text(let limit?) = type, let text = value.text {
      return .text(try fitted(text, to: limit, isAssignment: isAssignment))
    }
    switch (value, type) {
    case (.null, _): return .null
    case (.text(let text), _): return try Value(parsing: text, type: type)
    case (_, .text): return value.text.map { .text($0) } ?? .null
    case (_, .unknown): return value
    case (.boolean, .boolean), (.double, .double), (.blob, .blob), (.date, .date), (.timestamp, .timestamp),
      (.timestamptz, .timestamptz), (.uuid, .uuid):
      return value
    case (.boolean(let flag), .integer): return .integer(flag ? 1 : 0)
    case (.integer(let number), .boolean): return .boolean(number != 0)
    case (.integer(let number), .integer(let range)): return .integer(try range.checked(number))
    case (.double(let number), .integer(let range)):
      return .integer(try range.checked(try NumberConversion.integer(number)))
    case (.decimal(let number), .integer(let range)):
      return .integer(try range.checked(try NumberConversion.integer(number)))
    case (.integer(let number), .double): return .double(Double(number))
    case (.decimal(let number), .double): return .double(NumberConversion.double(number))
    case (.integer(let number), .decimal(let shape)): return .decimal(try fitted(Decimal(number), to: shape))
    case (.double(let number), .decimal(let shape)):
      return .decimal(try NumberConversion.decimal(number, shape: shape))
    case (.decimal(let number), .decimal(let shape)): return .decimal(try fitted(number, to: shape))
    case (.date(let days), .timestamp): return .timestamp(try CivilDate.microseconds(ofDay: days))
    case (.date(let days), .timestamptz): return .timestamptz(try CivilDate.microseconds(ofDay: days))
    case (.timestamp(let time), .date), (.timestamptz(let time), .date):
      return .date(try CivilDate.checked(days: CivilTime(microseconds: time).days))
    case (.timestamp(let time), .timestamptz): return .timestamptz(time)
    case (.timestamptz(let time), .timestamp): return .timestamp(time)
    case (.vector(let vector), .vector(let shape)):
      return .vector(try VectorConversion.cast(vector, to: shape))
    default: throw unknownCast(from: value.typeName, to: type)
    }
  }

  /// Whether `cast` would leave each value as it is.
  package static func areCast(_ values: [Value], to types: [SQLType]) -> Bool {
    if values.count != types.count { return false }
    for index in values.indices {
      switch (values[index], types[index]) {
      case (.null, _), (.boolean, .boolean), (.double, .double), (.blob, .blob), (.date, .date),
        (.timestamp, .timestamp), (.timestamptz, .timestamptz), (.uuid, .uuid), (.decimal, .decimal(nil)),
        (.text, .text(nil)):
        break
      case (.integer(let number), .integer(let range)):
        if !range.bounds.contains(number) { return false }
      case (.vector(let vector), .vector(let shape)):
        if vector.shape != shape { return false }
      case (_, _): return false
      }
    }
    return true
  }

  package static func unknownCast(from: String, to type: SQLType) -> Diagnostic {
    Diagnostic(.cannotCoerce, "cannot cast type \(from) to \(type)")
  }

  private static func fitted(_ number: Decimal, to shape: DecimalShape?) throws(Diagnostic) -> Decimal {
    if let shape { return try number.fitted(to: shape) }
    return number
  }

  private static func fitted(_ text: String, to limit: Int, isAssignment: Bool) throws(Diagnostic) -> String {
    let scalars = text.unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex) else {
      return text
    }
    if isAssignment, scalars[end...].contains(where: { $0 != " " }) {
      throw Diagnostic(.stringDataRightTruncation, "value too long for type VARCHAR(\(limit))")
    }
    return String(scalars[..<end])
  }
}

extension Value {
  /// The name of the value's type, for messages.
  package var typeName: String {
    switch self {
    case .null: "unknown"
    case .boolean: "BOOLEAN"
    case .integer: "INTEGER"
    case .double: "DOUBLE"
    case .decimal: "DECIMAL"
    case .text: "TEXT"
    case .blob: "BLOB"
    case .date: "DATE"
    case .timestamp: "TIMESTAMP"
    case .timestamptz: "TIMESTAMPTZ"
    case .uuid: "UUID"
    case .vector(let vector): SQLType.vector(vector.shape).description
    }
  }
}

/// Vectors of one element as another holds them.
package enum VectorConversion {
  /// - Throws: 22000 for another dimension, 22003 for an element past FLOAT16, 42846 between floats and bits.
  package static func cast(_ vector: VectorValue, to shape: VectorShape) throws(Diagnostic) -> VectorValue {
    if vector.shape == shape { return vector }
    guard (vector.shape.element == .bit) == (shape.element == .bit) else {
      throw ValueCast.unknownCast(from: SQLType.vector(vector.shape).description, to: .vector(shape))
    }
    guard vector.shape.dimension == shape.dimension else {
      throw VectorText.wrongDimension(vector.shape.dimension, expected: shape.dimension)
    }
    var out: [UInt8] = []
    out.reserveCapacity(shape.byteCount)
    let bytes = vector.bytes.span
    for index in 0..<shape.dimension {
      let element = VectorText.element(bytes, index, vector.shape.element)
      if shape.element == .float16 {
        let half = Float16(element)
        guard half.isFinite else { throw VectorText.overflow(.float16) }
        VectorText.append(half.bitPattern, to: &out)
      } else {
        VectorText.append(element.bitPattern, to: &out)
      }
    }
    return VectorValue(shape: shape, bytes: out)
  }
}
