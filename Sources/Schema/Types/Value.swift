/// One value at the edge: a literal, a parameter, a cell of a row handed out. Inside, values lie in columns.
package enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case decimal(Decimal)
  case text(String)
  case blob([UInt8])
  /// Days since 1970-01-01.
  case date(Int32)
  /// Microseconds since 1970-01-01 00:00:00, without a zone.
  case timestamp(Int64)
  /// Microseconds since 1970-01-01 00:00:00 UTC.
  case timestamptz(Int64)
  /// The 16 bytes as one big-endian number, so that it orders as its text does.
  case uuid(UInt128)
  case vector(VectorValue)
}

/// One vector, its elements packed as `VectorShape.byteCount` says, little-endian.
package struct VectorValue: Hashable, Sendable {
  package let shape: VectorShape
  package let bytes: [UInt8]

  package init(shape: VectorShape, bytes: [UInt8]) {
    self.shape = shape
    self.bytes = bytes
  }
}
