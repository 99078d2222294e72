import VSQLDiagnostics
import VSQLPlanner
import VSQLSchema

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// TEXT and BLOB: by bytes, which for UTF-8 is by code point.
///
/// Unsafe pointers are sound here because `TextLane.range` reads checked arrays, and every range is checked against the byte count
/// before memory is compared.
enum ByteComparing {
  static func map(
    _ comparison: Comparison, _ a: TextLane, _ b: TextLane, _ arguments: StrictArguments
  ) throws(Diagnostic) -> [Bool] {
    var flags = [Bool](repeating: false, count: arguments.extent.count)
    unsafe withBytes(a, b) { x, y in
      arguments.extent.forEachSelected(arguments.validity) { row in
        flags[row] = unsafe holds(comparison, x, a.range(row), y, b.range(row))
      }
    }
    return flags
  }

  static func select(
    _ comparison: Comparison, _ a: TextLane, _ b: TextLane, _ rows: Rows, _ validity: [Bool]?
  ) throws(Diagnostic) -> Rows {
    unsafe withBytes(a, b) { x, y in
      switch comparison {
      case .equal, .notEqual:
        let wanted = comparison == .equal
        return rows.filter { row in
          unsafe (validity?[row] ?? true) && equal(x, a.range(row), y, b.range(row)) == wanted
        }
      case .less, .lessOrEqual, .greater, .greaterOrEqual:
        return rows.filter { row in
          unsafe (validity?[row] ?? true) && comparison.holds(order(x, a.range(row), y, b.range(row)))
        }
      }
    }
  }

  @inline(__always)
  private static func withBytes<R>(
    _ a: TextLane, _ b: TextLane, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> R
  ) -> R {
    unsafe a.list.bytes.withUnsafeBufferPointer { x in
      unsafe b.list.bytes.withUnsafeBufferPointer { y in unsafe body(x, y) }
    }
  }

  @inline(__always)
  private static func holds(
    _ comparison: Comparison, _ x: UnsafeBufferPointer<UInt8>, _ a: Range<Int>,
    _ y: UnsafeBufferPointer<UInt8>,
    _ b: Range<Int>
  ) -> Bool {
    switch comparison {
    case .equal: unsafe equal(x, a, y, b)
    case .notEqual: unsafe !equal(x, a, y, b)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: unsafe comparison.holds(order(x, a, y, b))
    }
  }

  @inline(__always)
  private static func equal(
    _ x: UnsafeBufferPointer<UInt8>, _ a: Range<Int>, _ y: UnsafeBufferPointer<UInt8>, _ b: Range<Int>
  ) -> Bool {
    guard a.count == b.count else { return false }
    guard !a.isEmpty else { return true }
    return unsafe compare(x, a, y, b, a.count) == 0
  }

  @inline(__always)
  private static func order(
    _ x: UnsafeBufferPointer<UInt8>, _ a: Range<Int>, _ y: UnsafeBufferPointer<UInt8>, _ b: Range<Int>
  ) -> Int {
    let common = min(a.count, b.count)
    let order = unsafe common == 0 ? 0 : compare(x, a, y, b, common)
    return order != 0 ? order : a.count - b.count
  }

  /// memcmp of the first `count` bytes; `count` is at least 1 and within both ranges.
  @inline(__always)
  private static func compare(
    _ x: UnsafeBufferPointer<UInt8>, _ a: Range<Int>, _ y: UnsafeBufferPointer<UInt8>, _ b: Range<Int>,
    _ count: Int
  ) -> Int {
    precondition(a.upperBound <= x.count && b.upperBound <= y.count, "a text lies within its column's bytes")
    guard let p = x.baseAddress, let q = y.baseAddress else { return 0 }
    return unsafe Int(memcmp(p + a.lowerBound, q + b.lowerBound, count))
  }
}
