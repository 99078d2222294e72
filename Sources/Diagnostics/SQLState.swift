/// A five-character SQLSTATE. PostgreSQL's codes where one fits (its documentation, Appendix A);
/// classes that begin with V are vsql's own, which the SQL standard leaves free.
package struct SQLState: Hashable, Sendable, CustomStringConvertible {
  package let code: String

  package init(_ code: String) { self.code = code }

  package var description: String { code }
}

extension SQLState {
  // Class 0A: feature not supported.
  package static let featureNotSupported = SQLState("0A000")
  // Class 21: cardinality violation.
  package static let cardinalityViolation = SQLState("21000")
  // Class 22: data exception.
  package static let dataException = SQLState("22000")
  package static let stringDataRightTruncation = SQLState("22001")
  package static let numericValueOutOfRange = SQLState("22003")
  package static let invalidDatetimeFormat = SQLState("22007")
  package static let datetimeFieldOverflow = SQLState("22008")
  package static let substringError = SQLState("22011")
  package static let divisionByZero = SQLState("22012")
  package static let invalidEscapeCharacter = SQLState("22019")
  package static let invalidParameterValue = SQLState("22023")
  package static let invalidEscapeSequence = SQLState("22025")
  package static let stringDataLengthMismatch = SQLState("22026")
  package static let invalidTextRepresentation = SQLState("22P02")
  package static let badCopyFileFormat = SQLState("22P04")
  package static let invalidArgumentForLogarithm = SQLState("2201E")
  package static let invalidArgumentForPower = SQLState("2201F")
  package static let invalidRowCountInLimit = SQLState("2201W")
  package static let invalidRowCountInOffset = SQLState("2201X")
  package static let characterNotInRepertoire = SQLState("22021")
  // Class 23: integrity constraint violation.
  package static let notNullViolation = SQLState("23502")
  package static let uniqueViolation = SQLState("23505")
  // Class 25: invalid transaction state.
  package static let activeTransaction = SQLState("25001")
  package static let readOnlyTransaction = SQLState("25006")
  package static let noActiveTransaction = SQLState("25P01")
  package static let inFailedTransaction = SQLState("25P02")
  // Class 28: invalid authorization.
  package static let invalidAuthorization = SQLState("28000")
  package static let wrongKey = SQLState("28P01")
  // Class 2B: objects that others depend on.
  package static let dependentObjectsStillExist = SQLState("2BP01")

  // Class 3B: savepoint exception.
  package static let invalidSavepoint = SQLState("3B001")
  // Class 40: transaction rollback.
  package static let serializationFailure = SQLState("40001")
  // Class 42: syntax error or access rule violation.
  package static let insufficientPrivilege = SQLState("42501")
  package static let syntaxError = SQLState("42601")
  package static let invalidName = SQLState("42602")
  package static let nameTooLong = SQLState("42622")
  package static let duplicateColumn = SQLState("42701")
  package static let ambiguousColumn = SQLState("42702")
  package static let undefinedColumn = SQLState("42703")
  package static let undefinedObject = SQLState("42704")
  package static let duplicateObject = SQLState("42710")
  package static let duplicateAlias = SQLState("42712")
  package static let ambiguousFunction = SQLState("42725")
  package static let groupingError = SQLState("42803")
  package static let datatypeMismatch = SQLState("42804")
  package static let wrongObjectType = SQLState("42809")
  package static let cannotCoerce = SQLState("42846")
  package static let undefinedFunction = SQLState("42883")
  package static let reservedName = SQLState("42939")
  package static let undefinedTable = SQLState("42P01")
  package static let undefinedSchema = SQLState("3F000")
  package static let undefinedParameter = SQLState("42P02")
  package static let duplicateTable = SQLState("42P07")
  package static let invalidColumnReference = SQLState("42P10")
  package static let invalidTableDefinition = SQLState("42P16")
  package static let indeterminateDatatype = SQLState("42P18")
  // Class 53: insufficient resources.
  package static let diskFull = SQLState("53100")
  package static let outOfMemory = SQLState("53200")
  // Class 54: program limit exceeded.
  package static let programLimitExceeded = SQLState("54000")
  package static let statementTooComplex = SQLState("54001")
  // Class 55: object not in prerequisite state.
  package static let objectNotInPrerequisiteState = SQLState("55000")
  package static let objectInUse = SQLState("55006")
  package static let lockNotAvailable = SQLState("55P03")
  // Class 57: operator intervention.
  package static let queryCanceled = SQLState("57014")
  // Class 58: system error.
  package static let ioError = SQLState("58030")
  package static let undefinedFile = SQLState("58P01")
  package static let duplicateFile = SQLState("58P02")
  // Class XX: internal error.
  package static let internalError = SQLState("XX000")
  package static let dataCorrupted = SQLState("XX001")
}
