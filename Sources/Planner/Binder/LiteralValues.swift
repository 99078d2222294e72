import VSQLDiagnostics
import VSQLSchema

/// Literals as values: what the text of a literal means for the type that its place gives it.
enum LiteralValues {
  /// An integer literal: INTEGER where it fits 64 bits, else DECIMAL.
  static func integer(_ digits: String, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    if let value = Int64(digits) { return Scalar(.constant(.integer(value)), type: .bigint, span: span) }
    return try decimal(digits, at: span)
  }

  /// `1.5`, `1e9`: a DECIMAL where 38 digits hold it, else, with an exponent, a DOUBLE.
  static func decimal(_ text: String, at span: SourceSpan) throws(Diagnostic) -> Scalar {
    do {
      return Scalar(.constant(try Value(parsing: text, type: .numeric)), type: .numeric, span: span)
    } catch {
      if text.contains(where: { $0 == "e" || $0 == "E" }), let value = Double(text), value.isFinite,
        value != 0
      {
        return Scalar(.constant(.double(value)), type: .double, span: span)
      }
      throw error.located(at: span)
    }
  }

  /// A literal in quotes, read as its place demands.
  ///
  /// - Throws: what the text of a `target` that it is not deserves, at the literal.
  static func quoted(_ text: String, as target: SQLType, isAssignment: Bool, at span: SourceSpan?)
    throws(Diagnostic) -> Scalar
  {
    if isAssignment, case .vector(let shape) = target, shape.element == .bit,
      text.utf8.count != shape.dimension,
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") })
    {
      throw Diagnostic(
        .stringDataLengthMismatch, "expected \(shape.dimension) bits, not \(text.utf8.count)", at: span)
    }
    if target == .unknown { return Scalar(.constant(.text(text)), type: .unknown, span: span) }
    do {
      let value = try ValueCast.cast(.text(text), to: target, isAssignment: isAssignment)
      return Scalar(.constant(value), type: target, span: span)
    } catch {
      throw error.located(at: span)
    }
  }
}

/// Vectors from literals.
enum VectorLiterals {
  /// `'[0.1, 0.2]'` where nothing says how many dimensions there are: as many as are written.
  static func floats(_ text: String, at span: SourceSpan?) throws(Diagnostic) -> VectorValue {
    let dimension = 1 + text.utf8.count { $0 == UInt8(ascii: ",") }
    try checkLimit(dimension, at: span)
    let shape = VectorShape(dimension: dimension, element: .float32)
    let scalar = try LiteralValues.quoted(text, as: .vector(shape), isAssignment: false, at: span)
    guard case .vector(let vector) = scalar.constantValue else {
      throw Diagnostic(.invalidTextRepresentation, "a vector is written [x, y, …]", at: span)
    }
    return vector
  }

  /// `[0.1, 0.2]`: FLOAT32 elements, to the nearest.
  ///
  /// - Throws: 22003 for an element past FLOAT32, 22000 for NaN and infinity.
  static func floats(_ values: [Double], at span: SourceSpan?) throws(Diagnostic) -> VectorValue {
    try checkLimit(values.count, at: span)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 4)
    for (index, value) in values.enumerated() {
      guard value.isFinite else {
        throw Diagnostic(
          .dataException, "element \(index + 1): NaN and infinity are not allowed in a vector", at: span)
      }
      let element = Float(value)
      guard element.isFinite else {
        throw Diagnostic(
          .numericValueOutOfRange, "element \(index + 1) of the vector is out of range for FLOAT32", at: span)
      }
      for shift in [0, 8, 16, 24] as [UInt32] {
        bytes.append(UInt8(truncatingIfNeeded: element.bitPattern >> shift))
      }
    }
    return VectorValue(shape: VectorShape(dimension: values.count, element: .float32), bytes: bytes)
  }

  static func checkLimit(_ dimension: Int, at span: SourceSpan?) throws(Diagnostic) {
    if dimension < 1 {
      throw Diagnostic(.dataException, "a vector must have at least 1 dimension", at: span)
    }
    if dimension > VectorShape.maxDimension {
      throw Diagnostic(
        .dataException, "a vector has at most \(VectorShape.maxDimension) dimensions, not \(dimension)",
        at: span)
    }
  }
}
