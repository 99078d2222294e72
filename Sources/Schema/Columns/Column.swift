/// One column of a batch: typed values, and which of them are NULL.
///
/// The physical kind follows from the type (`SQLType.physicalKind`). A NULL row still has a place among the values;
/// what stands there means nothing.
package struct Column: Sendable {
  package var type: SQLType
  package var values: ColumnValues
  /// One flag a row, true where there is a value; nil: no row is NULL.
  package var validity: [Bool]?
  /// Rows. In constant form `values` and `validity` hold one row that stands for all.
  package var count: Int
  package var isConstant: Bool

  package init(
    type: SQLType, values: ColumnValues, validity: [Bool]? = nil, count: Int, isConstant: Bool = false
  ) {
    self.type = type
    self.values = values
    self.validity = validity
    self.count = count
    self.isConstant = isConstant
  }

  /// Whether `row` is NULL. Per value, for the edge; kernels read `validity` once a batch.
  package func isNull(_ row: Int) -> Bool {
    guard let validity else { return false }
    return !validity[isConstant ? 0 : row]
  }
}

/// How values of a type lie in memory.
package enum ColumnValues: Sendable {
  case booleans([Bool])
  /// DATE.
  case int32s([Int32])
  /// INTEGER, TIMESTAMP, TIMESTAMPTZ.
  case int64s([Int64])
  case doubles([Double])
  case decimals([Decimal])
  case uuids([UInt128])
  /// TEXT (UTF-8) and BLOB.
  case texts(TextValues)
  case vectors(VectorValues)
}

/// Byte strings, one after the other: row i is `bytes[offsets[first + i] ..< offsets[first + i + 1]]`.
///
/// A batch of a segment shares the segment's arrays and only moves `first`. At most 4 GiB of bytes.
package struct TextValues: Sendable {
  package var offsets: [UInt32]
  package var bytes: [UInt8]
  package var first: Int

  /// `offsets` has one entry more than there are rows, and begins with 0.
  package init(offsets: [UInt32] = [0], bytes: [UInt8] = [], first: Int = 0) {
    self.offsets = offsets
    self.bytes = bytes
    self.first = first
  }
}

/// Vectors of one shape, one after the other: row i is the `shape.byteCount` bytes from `(first + i) * shape.byteCount`.
///
/// A batch of a segment shares the segment's array and only moves `first`.
package struct VectorValues: Sendable {
  package var shape: VectorShape
  package var bytes: [UInt8]
  package var first: Int

  package init(shape: VectorShape, bytes: [UInt8] = [], first: Int = 0) {
    self.shape = shape
    self.bytes = bytes
    self.first = first
  }
}

/// The physical kind that a type's values have.
package enum PhysicalKind: Hashable, Sendable {
  case boolean, int32, int64, double, decimal, uuid, text, vector
}

extension SQLType {
  package var physicalKind: PhysicalKind {
    switch self {
    case .boolean: .boolean
    case .integer, .timestamp, .timestamptz: .int64
    case .double: .double
    case .decimal: .decimal
    case .unknown, .text, .blob: .text
    case .date: .int32
    case .uuid: .uuid
    case .vector: .vector
    }
  }
}
