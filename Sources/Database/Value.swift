internal import VSQLSchema

/// A value as a program hands it in or gets it out.
public enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case decimal(DecimalValue)
  case text(String)
  case blob([UInt8])
  /// Days since 1970-01-01.
  case date(days: Int32)
  /// Microseconds since 1970-01-01 00:00:00, without a zone.
  case timestamp(microseconds: Int64)
  /// Microseconds since 1970-01-01 00:00:00 UTC.
  case timestamptz(microseconds: Int64)
  case uuid(UUIDValue)
  /// A vector of floats; half-precision vectors come out widened, exactly.
  case vector([Float])
  /// A bit vector.
  case bits(BitVector)
}

/// An exact decimal number: `unscaled` · 10^−`scale`.
public struct DecimalValue: Hashable, Sendable {
  /// The number without its point.
  public var unscaled: Int128
  /// Digits after the point, 0 to 38.
  public var scale: UInt8

  /// `unscaled` · 10^−`scale`.
  public init(unscaled: Int128, scale: UInt8) {
    self.unscaled = unscaled
    self.scale = scale
  }
}

/// The 16 bytes of a UUID as one big-endian number.
public struct UUIDValue: Hashable, Sendable {
  /// The first of the 16 bytes is the highest.
  public var bits: UInt128

  /// The UUID of 16 bytes read as one big-endian number.
  public init(bits: UInt128) { self.bits = bits }
}

/// A vector of bits, the first in the highest bit of the first byte; bits past `count` are zero.
public struct BitVector: Hashable, Sendable {
  /// Bits, at least one.
  public let count: Int
  /// `(count + 7) / 8` bytes.
  public let bytes: [UInt8]

  /// - Returns: nil unless there are exactly `(count + 7) / 8` bytes and the bits past `count` are zero.
  public init?(count: Int, bytes: [UInt8]) {
    guard count > 0, bytes.count == (count + 7) / 8 else { return nil }
    let unused = bytes.count * 8 - count
    guard let last = bytes.last, last & ((1 << UInt8(unused)) - 1) == 0 else { return nil }
    self.count = count
    self.bytes = bytes
  }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  /// NULL.
  public init(nilLiteral: ()) { self = .null }
  /// A BOOLEAN.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// An INTEGER.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A DOUBLE.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A TEXT.
  public init(stringLiteral value: String) { self = .text(value) }
}

extension Value: CustomStringConvertible {
  /// PostgreSQL's text form; an empty string for NULL.
  public var description: String { inner.text ?? "" }
}

extension Value {
  /// The value as the rooms know it.
  var inner: VSQLSchema.Value {
    switch self {
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .double(let value): .double(value)
    case .decimal(let value): .decimal(Decimal(unscaled: value.unscaled, scale: min(value.scale, 38)))
    case .text(let value): .text(value)
    case .blob(let value): .blob(value)
    case .date(let days): .date(days)
    case .timestamp(let microseconds): .timestamp(microseconds)
    case .timestamptz(let microseconds): .timestamptz(microseconds)
    case .uuid(let value): .uuid(value.bits)
    case .vector(let elements): .vector(VectorValue(floats: elements))
    case .bits(let value):
      .vector(
        VectorValue(shape: VectorShape(dimension: value.count, element: .bit), bytes: value.bytes))
    }
  }

  init(_ inner: VSQLSchema.Value) {
    switch inner {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .double(let value): self = .double(value)
    case .decimal(let value): self = .decimal(DecimalValue(unscaled: value.unscaled, scale: value.scale))
    case .text(let value): self = .text(value)
    case .blob(let value): self = .blob(value)
    case .date(let days): self = .date(days: days)
    case .timestamp(let value): self = .timestamp(microseconds: value)
    case .timestamptz(let value): self = .timestamptz(microseconds: value)
    case .uuid(let value): self = .uuid(UUIDValue(bits: value))
    case .vector(let value):
      if value.shape.element == .bit, let bits = BitVector(count: value.shape.dimension, bytes: value.bytes) {
        self = .bits(bits)
      } else {
        self = .vector(value.floats)
      }
    }
  }
}

extension VectorValue {
  /// A vector of 32-bit floats.
  fileprivate init(floats: [Float]) {
    self.init(
      shape: VectorShape(dimension: floats.count, element: .float32),
      bytes: floats.flatMap { element in
        (0..<4).map { UInt8(truncatingIfNeeded: element.bitPattern >> ($0 * 8)) }
      })
  }

  /// The elements as 32-bit floats, exactly; meaningless for bits.
  fileprivate var floats: [Float] {
    switch shape.element {
    case .float32:
      stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) })
      }
    case .float16:
      stride(from: 0, to: bytes.count, by: 2).map { start in
        Float(halfBits: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8)
      }
    case .bit: []
    }
  }
}

extension Float {
  /// An IEEE 754 binary16, widened exactly (Swift's `Float16` is not on every platform).
  fileprivate init(halfBits bits: UInt16) {
    let magnitude = UInt32(bits & 0x7fff)
    let sign = UInt32(bits & 0x8000) << 16
    if magnitude >= 0x7c00 {
      self.init(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13)
    } else if magnitude >= 0x400 {
      self.init(bitPattern: sign | (magnitude << 13) + (112 << 23))
    } else {
      self = Float(magnitude) * 0x1p-24 * (sign == 0 ? 1 : -1)
    }
  }
}
