import VSQLDiagnostics
import VSQLSchema

/// The values of a column of one physical kind; in constant form one value that stands for all rows.
struct Lane<Element: BitwiseCopyable & Sendable>: Sendable {
  let values: [Element]
  let isConstant: Bool

  init(_ values: [Element], isConstant: Bool) {
    self.values = values
    self.isConstant = isConstant
  }

  @inline(__always)
  subscript(row: Int) -> Element { values[isConstant ? 0 : row] }

  @inline(__always)
  func holds(_ count: Int) -> Bool { values.count >= (isConstant ? min(count, 1) : count) }
}

/// The loops of all kernels over values of fixed width: one pass, no branch on NULL or selection, nothing allocated but the result.
///
/// Unsafe buffers are sound here because each loop first checks that its lanes hold as many values as it reads, and writes exactly
/// the `count` elements that it reserves.
enum Loops {
  @inline(__always)
  static func map<A, R: BitwiseCopyable>(_ a: Lane<A>, _ count: Int, _ body: (A) -> R) -> [R] {
    precondition(a.holds(count), "a column holds a value for each of its rows")
    return unsafe [R](unsafeUninitializedCapacity: count) { out, filled in
      unsafe a.values.withUnsafeBufferPointer { x in
        if a.isConstant {
          for i in 0..<count { unsafe out[i] = body(x[0]) }
        } else {
          for i in 0..<count { unsafe out[i] = body(x[i]) }
        }
      }
      filled = count
    }
  }

  @inline(__always)
  static func map<A, B, R: BitwiseCopyable>(
    _ a: Lane<A>, _ b: Lane<B>, _ count: Int, _ body: (A, B) -> R
  ) -> [R] {
    precondition(a.holds(count) && b.holds(count), "a column holds a value for each of its rows")
    return unsafe [R](unsafeUninitializedCapacity: count) { out, filled in
      unsafe a.values.withUnsafeBufferPointer { x in
        unsafe b.values.withUnsafeBufferPointer { y in
          if count == 0 { return }
          if b.isConstant {
            let right = unsafe y[0]
            if a.isConstant {
              let left = unsafe x[0]
              for i in 0..<count { unsafe out[i] = body(left, right) }
            } else {
              for i in 0..<count { unsafe out[i] = body(x[i], right) }
            }
          } else if a.isConstant {
            let left = unsafe x[0]
            for i in 0..<count { unsafe out[i] = body(left, y[i]) }
          } else {
            for i in 0..<count { unsafe out[i] = body(x[i], y[i]) }
          }
        }
      }
      filled = count
    }
  }

  /// Also tells whether `body` said of any row, selected or not, that it failed.
  @inline(__always)
  static func mapChecked<A, B, R: BitwiseCopyable>(
    _ a: Lane<A>, _ b: Lane<B>, _ count: Int, _ body: (A, B) -> (R, Bool)
  ) -> (values: [R], hasFailed: Bool) {
    var hasFailed = false
    let values = map(a, b, count) { x, y in
      let (value, isBad) = body(x, y)
      hasFailed = hasFailed || isBad
      return value
    }
    return (values, hasFailed)
  }

  /// The rows for which `test` holds. A row is written before the test, and kept by moving on: no branch to predict.
  ///
  /// The test is a type and not a closure: a closure was called for each row, which made the loop four times as slow.
  static func select<Test: ValueTest>(
    _ test: Test.Type, _ a: Lane<Test.Value>, _ b: Lane<Test.Value>, _ rows: Rows, _ validity: [Bool]?
  ) -> Rows {
    precondition(a.holds(rows.count) && b.holds(rows.count), "a column holds a value for each of its rows")
    precondition(validity.map { $0.count >= rows.count } ?? true, "a column has a flag for each of its rows")
    if rows.isEmpty { return rows }
    let (stepA, stepB) = (a.isConstant ? 0 : 1, b.isConstant ? 0 : 1)
    let kept = unsafe [UInt16](unsafeUninitializedCapacity: rows.selectedCount) { out, filled in
      unsafe a.values.withUnsafeBufferPointer { x in
        unsafe b.values.withUnsafeBufferPointer { y in
          var next = 0
          if let positions = rows.positions {
            for position in positions {
              let row = Int(position)
              // Positions are ascending and below `rows.count`, which both lanes hold.
              unsafe out[next] = position
              next &+= unsafe Test.holds(x[row &* stepA], y[row &* stepB]) ? 1 : 0
            }
          } else if stepB == 0, stepA == 1 {
            let right = unsafe y[0]
            for row in 0..<rows.count {
              unsafe out[next] = UInt16(truncatingIfNeeded: row)
              next &+= unsafe Test.holds(x[row], right) ? 1 : 0
            }
          } else {
            for row in 0..<rows.count {
              unsafe out[next] = UInt16(truncatingIfNeeded: row)
              next &+= unsafe Test.holds(x[row &* stepA], y[row &* stepB]) ? 1 : 0
            }
          }
          filled = next
        }
      }
    }
    let found = Rows(count: rows.count, positions: kept.count == rows.count ? nil : kept)
    guard let validity else { return found }
    return found.filter { validity[$0] }
  }

  /// Where both flags are set.
  static func both(_ a: [Bool], _ b: [Bool]) -> [Bool] {
    map(Lane(a, isConstant: false), Lane(b, isConstant: false), min(a.count, b.count)) { $0 && $1 }
  }

  static func not(_ flags: [Bool]) -> [Bool] {
    map(Lane(flags, isConstant: false), flags.count) { !$0 }
  }

  /// Values of the selected rows that are not NULL, computed one by one by a body that may raise; `fill` elsewhere.
  @inline(__always)
  static func mapSelected<R: BitwiseCopyable>(
    _ extent: Extent, _ validity: [Bool]?, fill: R, _ body: (Int) throws(Diagnostic) -> R
  ) throws(Diagnostic) -> [R] {
    var out = [R](repeating: fill, count: extent.count)
    try extent.forEachSelected(validity) { row throws(Diagnostic) in out[row] = try body(row) }
    return out
  }
}
