/// A row's id within a database: it only grows and is never used again.
package typealias RowID = UInt64

/// A random id that stands for an object where its name must not be seen.
package protocol ObjectID: Hashable, Sendable, Comparable {
  var raw: UInt64 { get }
  init(_ raw: UInt64)
}

extension ObjectID {
  package static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  /// 16 hexadecimal digits.
  package var hex: String {
    unsafe String(unsafeUninitializedCapacity: 16) { text in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: raw >> UInt64(60 - 4 * index)) & 15
        unsafe text[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
      }
      return 16
    }
  }
}

package struct TableID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
}

package struct TenantID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
}

/// Who acts: a user.
package struct ActorID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
}

package struct SegmentID: ObjectID {
  package let raw: UInt64
  package init(_ raw: UInt64) { self.raw = raw }
}
