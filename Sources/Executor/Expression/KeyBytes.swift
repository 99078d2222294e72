import VSQLDiagnostics
import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Writes the parts of keys, a column at a time.
///
/// Unsafe pointers are sound here because `KeyEncoder` reserved for each key the bytes that its parts take, by the same rules.
enum KeyBytes {
  static func write(
    _ column: Column, _ part: KeyEncoder.Part, _ rows: KeyRows, into keys: inout EncodedKeys,
    cursors: inout [Int32]
  ) throws(Diagnostic) {
    if let validity = column.validity { noteNulls(validity, column, rows, &keys) }
    let writer = PartWriter(column: column, part: part, rows: rows)
    switch column.values {
    case .booleans(let list):
      unsafe writer.fixed(list, 1, &keys, &cursors) { unsafe $0.storeBytes(of: $1 ? 1 : 0, as: UInt8.self) }
    case .int32s(let list):
      unsafe writer.fixed(list, 4, &keys, &cursors) {
        unsafe $0.storeBytes(of: (UInt32(bitPattern: $1) ^ 0x8000_0000).bigEndian, as: UInt32.self)
      }
    case .int64s(let list):
      unsafe writer.fixed(list, 8, &keys, &cursors) {
        unsafe $0.storeBytes(of: (UInt64(bitPattern: $1) ^ 1 << 63).bigEndian, as: UInt64.self)
      }
    case .doubles(let list):
      unsafe writer.fixed(list, 8, &keys, &cursors) {
        unsafe $0.storeBytes(of: ordered($1).bigEndian, as: UInt64.self)
      }
    case .uuids(let list):
      unsafe writer.fixed(list, 16, &keys, &cursors) {
        unsafe $0.storeBytes(of: $1.bigEndian, as: UInt128.self)
      }
    case .decimals(let list):
      unsafe writer.fixed(list, 18, &keys, &cursors) { out, value in
        let key = DecimalKey(value)
        unsafe out.storeBytes(of: key.sign, as: UInt8.self)
        unsafe out.storeBytes(of: key.exponent, toByteOffset: 1, as: UInt8.self)
        unsafe out.storeBytes(of: key.digits.bigEndian, toByteOffset: 2, as: UInt128.self)
      }
    case .texts(let list): writer.texts(TextLane(list, isConstant: column.isConstant), &keys, &cursors)
    case .vectors(let list): writer.vectors(VectorLane(list, isConstant: column.isConstant), &keys, &cursors)
    }
  }

  private static func noteNulls(
    _ validity: [Bool], _ column: Column, _ rows: KeyRows, _ keys: inout EncodedKeys
  ) {
    var flags = keys.hasNull ?? Array(repeating: false, count: rows.keyCount)
    for key in 0..<rows.keyCount where !validity[column.isConstant ? 0 : rows.row(key)] { flags[key] = true }
    keys.hasNull = flags
  }

  /// The bits of a DOUBLE, so turned that they order as the numbers do: −0 as 0, NaN last.
  @inline(__always)
  static func ordered(_ value: Double) -> UInt64 {
    if value.isNaN { return .max }
    let bits = (value == 0 ? 0 : value).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  @inline(__always)
  static func ordered(_ value: Float) -> UInt32 {
    let bits = (value == 0 ? 0 : value).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 1 << 31
  }

  /// Adds what a text part takes: the NULL byte, and for a value its bytes, one more for each 0 in it, and two to end it.
  static func addTextLengths(_ lane: TextLane, _ column: Column, _ rows: KeyRows, _ sizes: inout [Int]) {
    let bytes = lane.list.bytes.span
    for key in 0..<rows.keyCount {
      let row = rows.row(key)
      if column.isNull(row) {
        sizes[key] += 1
        continue
      }
      let range = lane.range(row)
      sizes[key] += 3 + range.count + zeroCount(bytes, range)
    }
  }

  private static func zeroCount(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    guard NeedleSearch.hasZero(bytes, range) else { return 0 }
    var count = 0
    for index in range where bytes[index] == 0 { count += 1 }
    return count
  }
}

/// One number as sign, decimal exponent and 38 digits; all turned below zero.
private struct DecimalKey {
  let sign: UInt8
  let exponent: UInt8
  let digits: UInt128

  init(_ value: Decimal) {
    let magnitude = value.unscaled.magnitude
    if magnitude == 0 {
      (sign, exponent, digits) = (1, 0, 0)
      return
    }
    let count = Decimal.digitCount(magnitude)
    let full = magnitude * Decimal.powersOfTen[38 - count]
    // −37 … 38, so never at an end of the byte.
    let power = UInt8(100 + count - Int(value.scale))
    if value.unscaled > 0 {
      (sign, exponent, digits) = (2, power, full)
    } else {
      (sign, exponent, digits) = (0, ~power, ~full)
    }
  }
}

/// Writes one part of all keys.
private struct PartWriter {
  let column: Column
  let part: KeyEncoder.Part
  let rows: KeyRows

  /// The byte before a value, and the one that stands for NULL.
  private var presentByte: UInt8 { part.nullsFirst ? 1 : 0 }
  private var nullByte: UInt8 { part.nullsFirst ? 0 : 1 }

  @inline(__always)
  func fixed<T>(
    _ list: [T], _ width: Int, _ keys: inout EncodedKeys, _ cursors: inout [Int32],
    _ store: (UnsafeMutableRawPointer, T) -> Void
  ) {
    let mask: UInt8 = part.isDescending ? 0xFF : 0
    let validity = column.validity
    unsafe keys.bytes.withUnsafeMutableBytes { out in
      guard let base = out.baseAddress else { return }
      for key in 0..<rows.keyCount {
        let row = column.isConstant ? 0 : rows.row(key)
        let at = Int(cursors[key])
        if validity?[row] ?? true {
          unsafe out[at] = presentByte
          unsafe store(base + at + 1, list[row])
          if mask != 0 {
            for index in at + 1..<at + 1 + width { unsafe out[index] ^= mask }
          }
        } else {
          unsafe out[at] = nullByte
        }
        cursors[key] = Int32(truncatingIfNeeded: at + 1 + width)
      }
    }
  }

  func texts(_ lane: TextLane, _ keys: inout EncodedKeys, _ cursors: inout [Int32]) {
    let mask: UInt8 = part.isDescending ? 0xFF : 0
    let bytes = lane.list.bytes.span
    for key in 0..<rows.keyCount {
      let row = rows.row(key)
      var at = Int(cursors[key])
      if column.isNull(row) {
        keys.bytes[at] = nullByte
        cursors[key] = Int32(truncatingIfNeeded: at + 1)
        continue
      }
      keys.bytes[at] = presentByte
      at += 1
      let range = lane.range(row)
      if mask == 0, !NeedleSearch.hasZero(bytes, range) {
        keys.bytes.replaceSubrange(at..<at + range.count, with: lane.list.bytes[range])
        // The two that end it are zero already.
        cursors[key] = Int32(truncatingIfNeeded: at + range.count + 2)
        continue
      }
      for index in range {
        keys.bytes[at] = bytes[index] ^ mask
        at += 1
        if bytes[index] == 0 {
          keys.bytes[at] = 0xFF ^ mask
          at += 1
        }
      }
      keys.bytes[at] = mask
      keys.bytes[at + 1] = mask
      cursors[key] = Int32(truncatingIfNeeded: at + 2)
    }
  }

  func vectors(_ lane: VectorLane, _ keys: inout EncodedKeys, _ cursors: inout [Int32]) {
    let mask: UInt8 = part.isDescending ? 0xFF : 0
    let bytes = lane.list.bytes.span
    let shape = lane.shape
    let width = shape.element == .bit ? shape.byteCount : shape.dimension * 4
    for key in 0..<rows.keyCount {
      let row = rows.row(key)
      var at = Int(cursors[key])
      cursors[key] = Int32(truncatingIfNeeded: at + 1 + width)
      if column.isNull(row) {
        keys.bytes[at] = nullByte
        continue
      }
      keys.bytes[at] = presentByte
      at += 1
      let start = lane.range(row).lowerBound
      if shape.element == .bit {
        for index in 0..<width { keys.bytes[at + index] = bytes[start + index] ^ mask }
        continue
      }
      for index in 0..<shape.dimension {
        let bits = KeyBytes.ordered(PackedFloats.element(bytes, start, index, shape.element))
        for shift in stride(from: 24, through: 0, by: -8) {
          keys.bytes[at] = UInt8(truncatingIfNeeded: bits >> UInt32(shift)) ^ mask
          at += 1
        }
      }
    }
  }
}
