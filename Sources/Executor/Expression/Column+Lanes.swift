import VSQLDiagnostics
import VSQLSchema

/// A column seen as values of one physical kind. Another kind is a fault of the binder: XX000, never a trap.
extension Column {
  var booleanLane: Lane<Bool> {
    get throws(Diagnostic) {
      guard case .booleans(let list) = values else { throw kindFault("BOOLEAN") }
      return Lane(list, isConstant: isConstant)
    }
  }

  var int32Lane: Lane<Int32> {
    get throws(Diagnostic) {
      guard case .int32s(let list) = values else { throw kindFault("DATE") }
      return Lane(list, isConstant: isConstant)
    }
  }

  var int64Lane: Lane<Int64> {
    get throws(Diagnostic) {
      guard case .int64s(let list) = values else { throw kindFault("INTEGER or TIMESTAMP") }
      return Lane(list, isConstant: isConstant)
    }
  }

  var doubleLane: Lane<Double> {
    get throws(Diagnostic) {
      guard case .doubles(let list) = values else { throw kindFault("DOUBLE") }
      return Lane(list, isConstant: isConstant)
    }
  }

  var decimalLane: Lane<Decimal> {
    get throws(Diagnostic) {
      guard case .decimals(let list) = values else { throw kindFault("DECIMAL") }
      return Lane(list, isConstant: isConstant)
    }
  }

  var textLane: TextLane {
    get throws(Diagnostic) {
      guard case .texts(let list) = values else { throw kindFault("TEXT or BLOB") }
      return TextLane(list, isConstant: isConstant)
    }
  }

  var vectorLane: VectorLane {
    get throws(Diagnostic) {
      guard case .vectors(let list) = values else { throw kindFault("VECTOR") }
      return VectorLane(list, isConstant: isConstant)
    }
  }

  func kindFault(_ expected: String) -> Diagnostic {
    Diagnostic(.internalError, "a kernel for \(expected) was given a column of type \(type)")
  }

  /// The same values under another name of the same physical kind.
  func typed(_ type: SQLType) -> Column {
    var copy = self
    copy.type = type
    return copy
  }

  /// In constant form, NULL for all rows.
  var isConstantNull: Bool { isConstant && validity?.first == false }
}

/// Byte strings of a column.
struct TextLane: Sendable {
  let list: TextValues
  let isConstant: Bool

  init(_ list: TextValues, isConstant: Bool) {
    self.list = list
    self.isConstant = isConstant
  }

  /// The place of a row's bytes within `list.bytes`.
  @inline(__always)
  func range(_ row: Int) -> Range<Int> {
    let index = list.first + (isConstant ? 0 : row)
    return Int(list.offsets[index])..<Int(list.offsets[index + 1])
  }
}

/// Vectors of a column.
struct VectorLane: Sendable {
  let list: VectorValues
  let isConstant: Bool

  init(_ list: VectorValues, isConstant: Bool) {
    self.list = list
    self.isConstant = isConstant
  }

  var shape: VectorShape { list.shape }

  /// The place of a row's bytes within `list.bytes`.
  @inline(__always)
  func range(_ row: Int) -> Range<Int> {
    let start = (list.first + (isConstant ? 0 : row)) * list.shape.byteCount
    return start..<start + list.shape.byteCount
  }
}
