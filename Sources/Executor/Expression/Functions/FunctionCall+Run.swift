import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

extension Program.FunctionCall {
  /// One batch: the functions that look at NULL themselves first, then the strict ones by family.
  func run(_ columns: [Column], _ rows: Rows) throws(Diagnostic) -> Column {
    switch function {
    case .greatest, .least: return try Choice.extreme(columns, type, isGreatest: function == .greatest, rows)
    case .nullIf: return try Choice.nullIf(try arguments(columns, 2), type, rows)
    case .concat: return try TextJoining.concat(columns, rows)
    case .typeOf: return try SessionFunctions.typeOf(columns, rows)
    case .now, .currentDate, .currentUser, .version, .genRandomUUID:
      return try SessionFunctions.run(function, type, environment, rows)
    case .add, .subtract, .multiply, .divide, .modulo, .mod, .negate, .dateAddDays, .dateSubtractDays,
      .dateDifference,
      .abs, .sign, .ceil, .floor, .round, .roundTo, .trunc, .sqrt, .power, .exp, .ln, .log10, .concatenate,
      .length,
      .octetLength, .lower, .upper, .trimBoth, .trimLeft, .trimRight, .substring, .position, .replace, .left,
      .right,
      .leftPad, .rightPad, .repeatText, .reverse, .startsWith, .splitPart, .strpos, .initcap, .ascii, .chr,
      .extract,
      .dateTrunc, .l2Distance, .cosineDistance, .negativeInnerProduct, .innerProduct, .l1Distance,
      .cosineSimilarity,
      .hammingDistance, .jaccardDistance, .vectorDims, .vectorNorm, .l2Normalize, .subvector, .binaryQuantize,
      .makeVector:
      guard let strict = StrictArguments(columns, rows: rows) else {
        return Columns.null(type, count: rows.count)
      }
      return try runStrict(columns, strict)
    }
  }

  private func runStrict(_ columns: [Column], _ strict: StrictArguments) throws(Diagnostic) -> Column {
    switch function {
    case .add, .subtract, .multiply, .divide, .modulo, .mod:
      return try Arithmetic.run(function, try arguments(columns, 2), type, strict)
    case .negate: return try Arithmetic.negate(try arguments(columns, 1)[0], type, strict)
    case .dateAddDays, .dateSubtractDays, .dateDifference:
      return try DateArithmetic.run(function, try arguments(columns, 2), type, strict)
    case .extract, .dateTrunc: return try DateFields.run(function, try arguments(columns, 2), type, strict)
    case .abs, .sign: return try Arithmetic.magnitude(function, try arguments(columns, 1)[0], type, strict)
    case .ceil, .floor, .round, .trunc, .roundTo:
      return try RoundingFunctions.run(function, columns, type, strict)
    case .sqrt, .exp, .ln, .log10, .power: return try Transcendental.run(function, columns, type, strict)
    case .concatenate: return try TextJoining.concatenate(try arguments(columns, 2), type, strict)
    case .length, .octetLength, .ascii, .strpos, .position, .startsWith:
      return try TextMeasures.run(function, columns, type, strict)
    case .lower, .upper, .initcap, .reverse, .chr, .repeatText:
      return try TextForms.run(function, columns, type, strict)
    case .trimBoth, .trimLeft, .trimRight, .leftPad, .rightPad:
      return try TextEdges.run(function, columns, type, strict)
    case .substring, .left, .right, .splitPart, .replace:
      return try TextPieces.run(function, columns, type, strict)
    case .l2Distance, .cosineDistance, .negativeInnerProduct, .innerProduct, .l1Distance, .cosineSimilarity,
      .hammingDistance, .jaccardDistance:
      return try VectorDistances.run(function, try arguments(columns, 2), type, strict)
    case .vectorDims, .vectorNorm, .l2Normalize, .subvector, .binaryQuantize:
      return try VectorFunctions.run(function, columns, type, strict)
    case .makeVector: return try VectorMaking.run(columns, type, strict)
    case .greatest, .least, .nullIf, .concat, .typeOf, .now, .currentDate, .currentUser, .version,
      .genRandomUUID:
      throw Diagnostic(.internalError, "\(function.rawValue) is not strict")
    }
  }

  /// The arguments, which the binder has counted.
  private func arguments(_ columns: [Column], _ count: Int) throws(Diagnostic) -> [Column] {
    guard columns.count == count else { throw function.argumentFault(columns) }
    return columns
  }
}

extension ScalarFunction {
  /// The binder and the kernels disagree on what the function takes.
  func argumentFault(_ columns: [Column]) -> Diagnostic {
    let types = columns.map(\.type.description).joined(separator: ", ")
    return Diagnostic(.internalError, "\(rawValue) has no form for (\(types))")
  }
}
