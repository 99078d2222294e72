/// A type of the language, as a column or an expression has it.
package enum SQLType: Hashable, Sendable {
  /// The type of a bare NULL or of a string literal or parameter whose use has not settled it.
  case unknown
  case boolean
  case integer(IntegerRange)
  case double
  /// Nil: without (p, s); then every value carries a scale of its own.
  case decimal(DecimalShape?)
  /// `maxLength` counts Unicode scalars; nil: no limit.
  case text(maxLength: Int?)
  case blob
  case date
  case timestamp
  case timestamptz
  case uuid
  case vector(VectorShape)
}

/// INTEGER is 64 bits; INT, SMALLINT are names for it that check a narrower range.
package enum IntegerRange: UInt8, Hashable, Sendable, CaseIterable {
  case bits16 = 16
  case bits32 = 32
  case bits64 = 64

  package var bounds: ClosedRange<Int64> {
    switch self {
    case .bits16: Int64(Int16.min)...Int64(Int16.max)
    case .bits32: Int64(Int32.min)...Int64(Int32.max)
    case .bits64: Int64.min...Int64.max
    }
  }
}

/// `DECIMAL(precision, scale)`: 1 ≤ precision ≤ 38, 0 ≤ scale ≤ precision.
package struct DecimalShape: Hashable, Sendable {
  package static let maxPrecision = 38
  package let precision: UInt8
  package let scale: UInt8

  package init(precision: UInt8, scale: UInt8) {
    self.precision = precision
    self.scale = scale
  }
}

/// `VECTOR(dimension, element)`: 1 ≤ dimension ≤ 65,536.
package struct VectorShape: Hashable, Sendable {
  package static let maxDimension = 65_536
  package let dimension: Int
  package let element: VectorElement

  package init(dimension: Int, element: VectorElement) {
    self.dimension = dimension
    self.element = element
  }

  /// Bytes of one vector: 4 or 2 a dimension; bits are packed, the first in the highest bit of the first byte.
  package var byteCount: Int {
    switch element {
    case .float32: dimension * 4
    case .float16: dimension * 2
    case .bit: (dimension + 7) / 8
    }
  }
}

package enum VectorElement: UInt8, Hashable, Sendable, CaseIterable {
  case float32 = 1
  case float16 = 2
  case bit = 3
}

extension SQLType {
  /// INTEGER as it is when nothing narrower is said.
  package static let bigint = SQLType.integer(.bits64)
  /// TEXT without a limit.
  package static let string = SQLType.text(maxLength: nil)
  /// DECIMAL without (p, s).
  package static let numeric = SQLType.decimal(nil)
}

extension SQLType: CustomStringConvertible {
  /// The name as DDL, DESCRIBE and messages show it.
  package var description: String {
    switch self {
    case .unknown: "unknown"
    case .boolean: "BOOLEAN"
    case .integer(.bits16): "SMALLINT"
    case .integer(.bits32): "INT"
    case .integer(.bits64): "INTEGER"
    case .double: "DOUBLE"
    case .decimal(nil): "DECIMAL"
    case .decimal(let shape?): "DECIMAL(\(shape.precision), \(shape.scale))"
    case .text(maxLength: nil): "TEXT"
    case .text(let length?): "VARCHAR(\(length))"
    case .blob: "BLOB"
    case .date: "DATE"
    case .timestamp: "TIMESTAMP"
    case .timestamptz: "TIMESTAMPTZ"
    case .uuid: "UUID"
    case .vector(let shape):
      switch shape.element {
      case .float32: "VECTOR(\(shape.dimension))"
      case .float16: "VECTOR(\(shape.dimension), FLOAT16)"
      case .bit: "VECTOR(\(shape.dimension), BIT)"
      }
    }
  }
}
